import type { AgeUnit } from '../time/age';
import type { Period } from '../time/period';
import type { Dictionary } from './dictionary';

const units: Record<AgeUnit, string> = { second: 's', minute: 'min', hour: 'h', day: 'd' };
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = 'January February March April May June July August September October November December'.split(' ');

export const en: Dictionary = {
  locale: 'en-GB',
  language: 'English',
  center: 'Intelligent Operations Center',
  title: 'Operations wall',
  status: {
    critical: 'Critical',
    warning: 'Warning',
    stale: 'Stale',
    unknown: 'Unknown',
    maintenance: 'Maintenance',
    ok: 'Normal',
  },
  reason: {
    offline: 'Offline',
    silent: 'Stopped reporting',
    never_heard: 'Never reported',
    parent_down: 'Upstream device down',
    no_stream: 'No video stream',
    low_fps: 'Low frame rate',
    low_bitrate: 'Low bit rate',
    clock_drift: 'Wrong clock',
    obscured: 'Lens obscured',
    moved: 'View moved',
    defocus: 'Picture blurred',
    dark: 'Picture too dark',
    frozen: 'Picture frozen',
    not_recording: 'Not recording',
    storage_full: 'Storage nearly full',
    retention_short: 'Retention too short',
    power: 'Power lost',
    link: 'Unsteady link',
    planned_maintenance: 'Planned maintenance',
    bright: 'Picture too bright',
    fan: 'Fan failed',
    overheated: 'Overheated',
    low_battery: 'Battery low',
    cabinet_open: 'Cabinet open',
    below_limit: 'Below the limit',
    above_limit: 'Above the limit',
    below_target: 'Below target',
    above_target: 'Above target',
    decline: 'In decline',
    overdue: 'Overdue',
    slow_answers: 'Slow answers',
    late_answers: 'Answered late',
    low_satisfaction: 'Few are content',
    undelivered: 'Not delivered',
    unsigned: 'Not signed',
    over_capacity: 'Over capacity',
    slow_response: 'Slow response',
    claims_refused: 'Insurance claims refused',
    outbreak: 'Outbreak',
    absence: 'Many absent',
    uninspected: 'Not inspected',
    understaffed: 'Understaffed',
    dust: 'Fine dust',
    air_quality: 'Poor air quality',
    bad_air: 'Bad air',
    data_gaps: 'Gaps in the data',
    flood: 'Flood',
    heavy_rain: 'Heavy rain',
    heat: 'Heat',
    strong_wind: 'Strong wind',
    noise: 'Loud noise',
    crowd: 'Crowd',
    crowded: 'Crowded',
    mention_surge: 'Surge of mentions',
    negative_mood: 'Negative mood',
    negative_sentiment: 'Negative mentions',
    malware: 'Malware',
    unprotected: 'Endpoints unprotected',
    unpatched: 'Unpatched',
    unapproved: 'Not approved',
    open_incidents: 'Incidents open',
  },
  incident: {
    accident: 'Accident',
    congestion: 'Congestion',
    breakdown: 'Breakdown',
    flooding: 'Flooding',
    roadworks: 'Roadworks',
    obstacle: 'Obstacle',
    fire: 'Fire',
    crowd: 'Crowd',
  },
  severity: { minor: 'Minor', major: 'Major', critical: 'Critical' },
  kind: {
    'camera.overview': 'Overview camera',
    'camera.ptz': 'PTZ camera',
    'camera.violation': 'Violation camera',
    'camera.speed': 'Speed camera',
    camera: 'Camera',
    recorder: 'Recorder',
    system: 'Information system',
    listener: 'Social media listener',
    lot: 'Car park',
    'station.traffic': 'Traffic counting station',
    'station.air': 'Air station',
    'station.weather': 'Weather station',
    'gauge.river': 'River gauge',
    'counter.people': 'People counter',
    'sensor.contact': 'Contact sensor',
    'sensor.motion': 'Motion sensor',
    'sensor.leak': 'Leak sensor',
    'sensor.binary': 'Two-state sensor',
    sensor: 'Sensor',
  },
  violation: {
    speeding: 'speeding',
    red_light: 'red light',
    wrong_lane: 'wrong lane',
    wrong_way: 'wrong way',
    no_helmet: 'no helmet',
    seat_belt: 'no seat belt',
    parking: 'parking',
  },
  unit: {
    s: 's',
    min: 'min',
    h: 'h',
    d: 'd',
    '/h': '/h',
    'veh/h': 'veh/h',
    'bn VND': 'bn VND',
    'M USD': 'M USD',
  },
  facet: { link: 'Link', recording: 'Recording', image: 'Image' },
  freshness: {
    connecting: 'Connecting',
    live: 'Live',
    catching_up: 'Catching up',
    blind: 'No input',
    lost: 'Link lost',
  },
  weekdays,
  date: (weekday, day, month, year) => `${weekday}, ${day} ${months[month - 1] ?? ''} ${year}`,
  age: ({ value, unit, rest }) =>
    unit === 'hour' && rest
      ? `${value} h ${rest} min`
      : unit === 'day' && rest
        ? `${value} d ${rest} h`
        : `${value} ${units[unit]}`,
  ageShort: ({ value, unit, rest }) =>
    unit === 'hour' && rest !== undefined && value < 10
      ? `${value}h ${String(rest).padStart(2, '0')}m`
      : `${value} ${units[unit]}`,
  brief: (name) => name,
  period,
  million: 'M',
  billion: 'bn',
  ago: (age) => `${age} ago`,
  newest: (age) => `updated ${age} ago`,
  dataAge: (age) => `data ${age} old`,
  observations: 'observations/s',
  perHour: 'veh/h',
  kmh: 'km/h',
  more: (n) => `+${n} more`,
  lost: {
    title: 'LINK TO THE CENTER LOST',
    never: 'THE CENTER CANNOT BE REACHED',
    since: (age) => `for ${age}`,
    values: 'Values below are the last received, not the present',
  },
  blind: {
    title: 'THE CENTER RECEIVES NO DATA FROM DEVICES',
    values: 'Values below do not show the present',
  },
  resumed: (missed) => (missed > 0 ? `reconnected, ${missed} updates caught up` : 'reconnected, nothing missed'),
  resynced: 'resynced from scratch',
  refused: (why) => `refused by the server: ${why}`,
  small: 'Type is too small for the viewing distance',
  panel: {
    counts: 'Devices by status',
    map: 'Map of monitored locations',
    locations: 'Locations to look at',
    cameras: 'Cameras',
    incidents: 'Open incidents',
    subsystems: 'Subsystems',
    traffic: 'Traffic in the whole city',
  },
  locationsOf: (abnormal, all) => `${abnormal} of ${all} locations`,
  devices: 'devices',
  camerasOf: (n) => `${n} cameras`,
  othersOf: (n) => `${n} others`,
  subsystemsOf: (abnormal, all) => `${abnormal} of ${all} subsystems`,
  allSubsystemsWell: 'All subsystems normal',
  devicesIn: (status) => `Devices: ${status.toLocaleLowerCase('en-GB')}`,
  indicator: 'Indicator',
  value: 'Value',
  parts: 'Numerator / denominator',
  ofPeriod: 'Period',
  target: 'Target',
  targetOf: (good, target) => `${good === 'above' ? '≥' : '≤'} ${target}`,
  told: 'Told',
  met: 'On target',
  missed: 'Off target',
  bare: 'Sent as a bare ratio, without its two parts',
  bareShort: 'Parts not told',
  computed: 'Computed by the center',
  neverTold: 'Never told',
  openCases: (n) => `${n} open cases`,
  dueAt: (moment) => `due ${moment}`,
  overdueSince: (age) => `overdue by ${age}`,
  openIncidents: (n) => (n === '1' ? '1 incident' : `${n} incidents`),
  noIncidents: 'No open incidents',
  noData: 'No data yet',
  waiting: 'Waiting for data from the center',
  allWell: 'All locations normal',
  normal: 'Normal',
  andOthers: (n) => (n === 1 ? 'and 1 other device' : `and ${n} other devices`),
  since: (moment) => `since ${moment}`,
  observed: 'Observed at',
  countingAt: (n, all) => `counted at ${n}/${all} locations`,
  window: 'last 5 minutes',
  windowShort: '5 min',
  today: 'Today',
  violations: 'Traffic violations',
  toDim: 'Switch to the dim theme',
  toLight: 'Switch to the light theme',
  toOther: 'Chuyển sang tiếng Việt',
  summary: (critical, warning, stale, unknown) =>
    `${critical} critical, ${warning} warning, ${stale} stale, ${unknown} unknown`,
};

function period(p: Period): string {
  switch (p.type) {
    case 'day':
      if (p.ago === 0) return en.today;
      return p.ago === 1 ? 'Yesterday' : `${p.day} ${monthName(p.month)}`;
    case 'week':
      return `Week ${p.number}${inYear(p)}`;
    case 'month':
      return `${monthName(p.number)}${inYear(p)}`;
    case 'quarter':
      return `Q${p.number}${inYear(p)}`;
    case 'year':
      return String(p.year);
  }
}

function monthName(month: number): string {
  return (months[month - 1] ?? '').slice(0, 3);
}

function inYear({ year, thisYear }: { year: number; thisYear: boolean }): string {
  return thisYear ? '' : ` ${year}`;
}
