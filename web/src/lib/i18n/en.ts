import type { AgeUnit } from '../time/age';
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
  },
  metric: {
    fps: 'Frame rate',
    bitrate_kbps: 'Bit rate',
    clock_offset_ms: 'Clock offset',
    storage_used_pct: 'Storage used',
    retention_days: 'Retention',
    temperature_c: 'Temperature',
    vehicle_flow: 'Flow',
    speed: 'Mean speed',
    occupancy: 'Occupancy',
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
  ago: (age) => `${age} ago`,
  newest: (age) => `updated ${age} ago`,
  dataAge: (age) => `data ${age} old`,
  observations: 'observations/s',
  perHour: 'veh/h',
  kmh: 'km/h',
  more: (n) => `+${n} more`,
  of: (n) => `of ${n}`,
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
    traffic: 'Traffic in the whole city',
  },
  locationsOf: (abnormal, all) => `${abnormal} of ${all} locations`,
  camerasOf: (n) => `${n} devices`,
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
  meanSpeed: 'mean',
  window: 'last 5 minutes',
  toDim: 'Switch to the dim theme',
  toLight: 'Switch to the light theme',
  toOther: 'Chuyển sang tiếng Việt',
  summary: (critical, warning, stale, unknown) =>
    `${critical} critical, ${warning} warning, ${stale} stale, ${unknown} unknown`,
};
