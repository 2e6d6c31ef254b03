import { asAlarmCounts, asFlood, type AlarmCounts, type Flood } from '../alarm/alarm';
import { list, number, raw, text, time } from './raw';
import { asCounts, asStatus, type Counts, type Status } from './status';

/** The entities that the wall shows, as it needs them. Times are ms since 1970. */

export interface Reading {
  value: number;
  unit: string;
  observedAt: number | undefined;
  status: Status;
}

export const FACETS = ['link', 'recording', 'image'] as const;
export type Facet = (typeof FACETS)[number];

export interface Device {
  id: string;
  name: string;
  kind: string;
  subsystem: string;
  location: string;
  status: Status;
  reason: string;
  since: number | undefined;
  observedAt: number | undefined;
  receivedAt: number | undefined;
  /** Only the facets that the device has. */
  facets: Partial<Record<Facet, Status>>;
  /** Why those facets that are not ok are not. */
  facetReasons: Partial<Record<Facet, string>>;
  readings: Record<string, Reading>;
}

export interface Location {
  id: string;
  name: string;
  area: string;
  lat: number;
  lon: number;
  status: Status;
  devices: Counts;
  /** Undefined where the center does not count them. */
  alarms: AlarmCounts | undefined;
  readings: Record<string, Reading>;
}

export interface Area {
  id: string;
  name: string;
}

export interface Incident {
  id: string;
  subsystem: string;
  /** The kind of message that told of it. */
  kind: string;
  type: string;
  /** started, updated, ended or instant. */
  phase: string;
  severity: string;
  title: string;
  description: string;
  location: string;
  startedAt: number | undefined;
  updatedAt: number | undefined;
  /** By when it should be over; undefined where nobody said. */
  dueAt: number | undefined;
  /** It goes on past that time. */
  overdue: boolean;
}

export interface CityWide {
  name: string;
  status: Status;
  devices: Counts;
  alarms: AlarmCounts | undefined;
  flood: Flood;
  observationsPerSecond: number | undefined;
}

/** A way by which people are told of alarms, and whether it works. */
export interface Channel {
  name: string;
  failing: boolean;
  since: number | undefined;
  error: string;
  /** Messages that wait for it. */
  queued: number;
}

export interface System {
  /** RFC 3339 in the civic zone, which it so tells. */
  since: string;
  channels: Channel[];
}

export function asReadings(value: unknown): Record<string, Reading> {
  const readings: Record<string, Reading> = {};
  for (const [metric, entry] of Object.entries(raw(value))) {
    const r = raw(entry);
    const value = number(r['value']);
    if (value === undefined) continue;
    readings[metric] = {
      value,
      unit: text(r['unit']),
      observedAt: time(r['observed_at']),
      status: asStatus(r['status']),
    };
  }
  return readings;
}

export function asDevice(id: string, value: unknown): Device {
  const v = raw(value);
  const facets: Device['facets'] = {};
  const facetReasons: Device['facetReasons'] = {};
  for (const facet of FACETS) {
    const status = raw(v['facets'])[facet];
    if (status !== undefined) facets[facet] = asStatus(status);
    const reason = text(raw(v['facet_reasons'])[facet]);
    if (reason !== '') facetReasons[facet] = reason;
  }
  return {
    id,
    name: text(v['name']) || id,
    kind: text(v['kind']),
    subsystem: text(v['subsystem']),
    location: text(v['location']),
    status: asStatus(v['status']),
    reason: text(v['reason']),
    since: time(v['since']),
    observedAt: time(v['observed_at']),
    receivedAt: time(v['received_at']),
    facets,
    facetReasons,
    readings: asReadings(v['readings']),
  };
}

export function asLocation(id: string, value: unknown): Location {
  const v = raw(value);
  return {
    id,
    name: text(v['name']) || id,
    area: text(v['area']),
    lat: number(v['lat']) ?? NaN,
    lon: number(v['lon']) ?? NaN,
    status: asStatus(v['status']),
    devices: asCounts(v['devices']),
    alarms: asAlarmCounts(v['alarms']),
    readings: asReadings(v['readings']),
  };
}

export function asArea(id: string, value: unknown): Area {
  return { id, name: text(raw(value)['name']) || id };
}

export function asIncident(id: string, value: unknown): Incident {
  const v = raw(value);
  const observed = time(v['observed_at']);
  return {
    id,
    subsystem: text(v['subsystem']),
    kind: text(v['kind']),
    type: text(v['type']),
    phase: text(v['phase']) || text(v['state']),
    severity: text(v['severity']),
    title: text(v['title']),
    description: text(v['description']),
    location: text(v['location']),
    startedAt: time(v['started_at']) ?? time(v['since']) ?? observed,
    updatedAt: time(v['updated_at']) ?? observed,
    dueAt: time(v['due_at']),
    overdue: v['overdue'] === true,
  };
}

export function asSystem(value: unknown): System {
  const v = raw(value);
  return { since: text(v['since']), channels: list(v['channels']).map(asChannel) };
}

function asChannel(value: unknown): Channel {
  const v = raw(value);
  return {
    name: text(v['name']),
    failing: text(v['state']) === 'failing',
    since: time(v['since']),
    error: text(v['error']),
    queued: number(v['queued']) ?? 0,
  };
}

export function asCityWide(value: unknown): CityWide {
  const v = raw(value);
  return {
    name: text(v['name']),
    status: asStatus(v['status']),
    devices: asCounts(v['devices']),
    alarms: asAlarmCounts(v['alarms']),
    flood: asFlood(v['flood']),
    observationsPerSecond: number(v['observations_per_s']),
  };
}
