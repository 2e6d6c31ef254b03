import type { Facet } from '../city/entity';
import type { Status } from '../city/status';
import type { Freshness } from '../stream/link';
import type { Age } from '../time/age';

/** The reason codes that have words. Others are shown as they are. */
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
] as const;
export type IncidentType = (typeof INCIDENTS)[number];

export const SEVERITIES = ['minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const KINDS = ['camera.overview', 'camera.ptz', 'camera.violation', 'camera.speed'] as const;
export type Kind = (typeof KINDS)[number];

export const METRICS = [
  'fps',
  'bitrate_kbps',
  'clock_offset_ms',
  'storage_used_pct',
  'retention_days',
  'temperature_c',
  'vehicle_flow',
  'speed',
  'occupancy',
] as const;
export type Metric = (typeof METRICS)[number];

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
  metric: Record<Metric, string>;
  facet: Record<Facet, string>;
  freshness: Record<Freshness, string>;
  weekdays: readonly [string, string, string, string, string, string, string];
  date: (weekday: string, day: number, month: number, year: number) => string;
  age: (age: Age) => string;
  /** The same in as few letters as possible, for columns. */
  ageShort: (age: Age) => string;
  ago: (age: string) => string;
  newest: (age: string) => string;
  dataAge: (age: string) => string;
  observations: string;
  perHour: string;
  kmh: string;
  more: (n: string) => string;
  of: (n: string) => string;
  lost: { title: string; never: string; since: (age: string) => string; values: string };
  blind: { title: string; values: string };
  resumed: (missed: number) => string;
  resynced: string;
  refused: (why: string) => string;
  small: string;
  panel: {
    counts: string;
    map: string;
    locations: string;
    cameras: string;
    incidents: string;
    traffic: string;
  };
  locationsOf: (abnormal: string, all: string) => string;
  camerasOf: (n: string) => string;
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
  meanSpeed: string;
  window: string;
  toDim: string;
  toLight: string;
  toOther: string;
  summary: (critical: string, warning: string, stale: string, unknown: string) => string;
}
