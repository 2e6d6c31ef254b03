import type { Facet } from '../city/entity';
import type { Status } from '../city/status';
import type { Freshness } from '../stream/link';
import type { Age } from '../time/age';
import type { Period } from '../time/period';

/** The reason codes that have words. Others are shown as they are, with spaces. */
export const REASONS = [
  'offline',
  'silent',
  'never_heard',
  'parent_down',
  'no_stream',
  'low_fps',
  'low_bitrate',
  'clock_drift',
  'obscured',
  'moved',
  'defocus',
  'dark',
  'frozen',
  'not_recording',
  'storage_full',
  'retention_short',
  'power',
  'link',
  'planned_maintenance',
  'bright',
  'fan',
  'overheated',
  'low_battery',
  'cabinet_open',
  'below_limit',
  'above_limit',
  'below_target',
  'above_target',
  'decline',
  'overdue',
  'slow_answers',
  'late_answers',
  'low_satisfaction',
  'undelivered',
  'unsigned',
  'over_capacity',
  'slow_response',
  'claims_refused',
  'outbreak',
  'absence',
  'uninspected',
  'understaffed',
  'dust',
  'air_quality',
  'bad_air',
  'data_gaps',
  'flood',
  'heavy_rain',
  'heat',
  'strong_wind',
  'noise',
  'crowd',
  'crowded',
  'mention_surge',
  'negative_mood',
  'negative_sentiment',
  'malware',
  'unprotected',
  'unpatched',
  'unapproved',
  'open_incidents',
] as const;
export type Reason = (typeof REASONS)[number];

export const INCIDENTS = [
  'accident',
  'congestion',
  'breakdown',
  'flooding',
  'roadworks',
  'obstacle',
  'fire',
  'crowd',
  'phishing',
  'intrusion',
  'ddos',
  'defacement',
  'data_leak',
  'vulnerability',
] as const;
export type IncidentType = (typeof INCIDENTS)[number];

export const SEVERITIES = ['minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const KINDS = [
  'camera.overview',
  'camera.ptz',
  'camera.violation',
  'camera.speed',
  'camera',
  'recorder',
  'system',
  'listener',
  'lot',
  'station.traffic',
  'station.air',
  'station.weather',
  'gauge.river',
  'counter.people',
  'sensor.contact',
  'sensor.motion',
  'sensor.leak',
  'sensor.binary',
  'sensor',
] as const;
export type Kind = (typeof KINDS)[number];

export const VIOLATIONS = [
  'speeding',
  'red_light',
  'wrong_lane',
  'wrong_way',
  'no_helmet',
  'seat_belt',
  'parking',
] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** The units that are written differently from language to language. Others are shown as they are. */
export const UNITS = ['s', 'min', 'h', 'd', '/h', 'veh/h', 'bn VND', 'M USD'] as const;
export type Unit = (typeof UNITS)[number];

/** Every word of the wall in one language. A dictionary that lacks one does not compile. */
export interface Dictionary {
  /** BCP 47, also for the way numbers are written. */
  locale: string;
  language: string;
  center: string;
  title: string;
  status: Record<Status, string>;
  reason: Record<Reason, string>;
  incident: Record<IncidentType, string>;
  severity: Record<Severity, string>;
  kind: Record<Kind, string>;
  violation: Record<Violation, string>;
  unit: Record<Unit, string>;
  facet: Record<Facet, string>;
  freshness: Record<Freshness, string>;
  weekdays: readonly [string, string, string, string, string, string, string];
  date: (weekday: string, day: number, month: number, year: number) => string;
  age: (age: Age) => string;
  /** The same in as few letters as possible, for columns. */
  ageShort: (age: Age) => string;
  /** The name of an indicator as it is written below its value. */
  brief: (name: string) => string;
  period: (period: Period) => string;
  /** Words for 10⁶ and 10⁹. */
  million: string;
  billion: string;
  ago: (age: string) => string;
  newest: (age: string) => string;
  dataAge: (age: string) => string;
  observations: string;
  perHour: string;
  kmh: string;
  more: (n: string) => string;
  lost: { title: string; never: string; since: (age: string) => string; values: string };
  blind: { title: string; values: string };
  resumed: (missed: number) => string;
  resynced: string;
  refused: (why: string) => string;
  small: string;
  nav: { wall: string; desk: string; reports: string; label: string };
  alarm: {
    /** Of the list: those that nobody acknowledged, and those that go on. */
    counts: (unacknowledged: string, active: string) => string;
    none: string;
    flood: (n: string) => string;
    causes: (n: string) => string;
    devices: (n: string) => string;
    alarms: (n: string) => string;
    unacknowledged: (n: string) => string;
    acknowledged: string;
    over: string;
    flapping: string;
    escalated: (level: string) => string;
    assignedTo: (who: string) => string;
    again: (times: string) => string;
    hidden: {
      title: string;
      shelved: (n: string) => string;
      suppressed: (n: string) => string;
      outOfService: (n: string) => string;
    };
    channel: (name: string) => string;
  };
  past: {
    title: string;
    ended: string;
    paused: string;
    notNow: string;
    toLive: string;
    open: string;
    play: string;
    pause: string;
    speed: string;
    position: string;
    from: string;
    length: string;
    hours: (n: string) => string;
    minutes: (n: string) => string;
    show: string;
    cancel: string;
    jump: string;
    unreadable: string;
    kept: (since: string) => string;
    tooEarly: string;
    refused: string;
    /** The archive begins at a moment that is written out. */
    begins: (moment: string) => string;
    toBegin: string;
    notYet: string;
    busy: string;
  };
  panel: {
    alarms: string;
    counts: string;
    map: string;
    locations: string;
    cameras: string;
    incidents: string;
    subsystems: string;
    traffic: string;
  };
  locationsOf: (abnormal: string, all: string) => string;
  devices: string;
  camerasOf: (n: string) => string;
  othersOf: (n: string) => string;
  subsystemsOf: (abnormal: string, all: string) => string;
  allSubsystemsWell: string;
  /** How many devices are in a state, as the label of a figure: its value is that number. */
  devicesIn: (status: string) => string;
  indicator: string;
  value: string;
  parts: string;
  ofPeriod: string;
  target: string;
  targetOf: (good: 'above' | 'below', target: string) => string;
  told: string;
  met: string;
  missed: string;
  bare: string;
  bareShort: string;
  computed: string;
  neverTold: string;
  openCases: (n: string) => string;
  dueAt: (moment: string) => string;
  overdueSince: (age: string) => string;
  openIncidents: (n: string) => string;
  noIncidents: string;
  noData: string;
  waiting: string;
  allWell: string;
  normal: string;
  andOthers: (n: number) => string;
  since: (moment: string) => string;
  observed: string;
  countingAt: (n: string, all: string) => string;
  window: string;
  windowShort: string;
  today: string;
  violations: string;
  toDim: string;
  toLight: string;
  toOther: string;
  summary: (critical: string, warning: string, stale: string, unknown: string) => string;
}
