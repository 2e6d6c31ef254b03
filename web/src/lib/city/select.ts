import type { Device, Incident, Location } from './entity';
import { noCounts, rank, type Counts } from './status';

/** A new critical fault is marked for so long, in ms. */
export const NEW_MS = 60_000;

/** One line of the list of locations. */
export interface Row {
  location: Location;
  /** The worst device, which gives the reason; undefined where every device is ok. */
  worst: Device | undefined;
  /** How many further devices are not ok. */
  others: number;
}

function abnormal(device: Device): boolean {
  return device.status !== 'ok';
}

/** Worst first; among equals what happened last, which is what nobody has seen yet. */
export function compareDevices(a: Device, b: Device): number {
  return rank(a.status) - rank(b.status) || (b.since ?? 0) - (a.since ?? 0) || compareText(a.id, b.id);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every location, worst first. */
export function worstFirst(locations: Iterable<Location>, devices: Iterable<Device>): Row[] {
  const troubles = new Map<string, Device[]>();
  for (const device of devices) {
    if (!abnormal(device)) continue;
    const list = troubles.get(device.location);
    if (list) list.push(device);
    else troubles.set(device.location, [device]);
  }
  const rows: Row[] = [];
  for (const location of locations) {
    const list = troubles.get(location.id)?.sort(compareDevices) ?? [];
    rows.push({ location, worst: list[0], others: Math.max(0, list.length - 1) });
  }
  return rows.sort(compareRows);
}

function compareRows(a: Row, b: Row): number {
  return (
    rank(a.location.status) - rank(b.location.status) ||
    b.location.devices.critical - a.location.devices.critical ||
    (b.worst?.since ?? 0) - (a.worst?.since ?? 0) ||
    compareText(a.location.id, b.location.id)
  );
}

/** The devices of one location that are not ok, worst first. */
export function troublesAt(location: string, devices: Iterable<Device>): Device[] {
  return [...devices].filter((device) => device.location === location && abnormal(device)).sort(compareDevices);
}

/** How many rows there are of each status, for what does not fit. */
export function countRows(rows: readonly Row[]): Counts {
  const counts = noCounts();
  for (const row of rows) counts[row.location.status]++;
  return counts;
}

const SEVERITIES = ['critical', 'major', 'minor'];

function severity(incident: Incident): number {
  const at = SEVERITIES.indexOf(incident.severity);
  return at < 0 ? SEVERITIES.length : at;
}

/** Subsystems whose cases are figures, told on their tile: on a wall nobody works them off one by one. */
const ONLY_FIGURES: ReadonlySet<string> = new Set(['citizenfeedback']);

/**
 * Whether an event is for the wall to name: an incident on the street, or anything else that its
 * sender calls major or critical. What cameras detect and what the people report is not.
 */
function onWall({ kind, severity, subsystem }: Incident): boolean {
  if (ONLY_FIGURES.has(subsystem)) return false;
  return kind === 'incident' || severity === 'critical' || severity === 'major';
}

/**
 * Incidents for the wall that have begun and not ended, gravest first; among equals those past the
 * time by which they should be over, then the newest.
 */
export function openIncidents(events: Iterable<Incident>): Incident[] {
  return [...events]
    .filter((e) => (e.phase === 'started' || e.phase === 'updated') && onWall(e))
    .sort(compareIncidents);
}

function compareIncidents(a: Incident, b: Incident): number {
  return (
    severity(a) - severity(b) ||
    Number(b.overdue) - Number(a.overdue) ||
    (b.startedAt ?? 0) - (a.startedAt ?? 0) ||
    compareText(a.id, b.id)
  );
}

export interface Traffic {
  /** Vehicles per hour, summed over the locations that count now. */
  flow: number;
  /** km/h, weighted by vehicles; undefined where nothing drives or nothing measures speed. */
  speed: number | undefined;
  counting: number;
  /** When the newest of the values was observed. */
  observedAt: number | undefined;
}

/** Traffic in the whole city over the last five minutes. Stale values do not count. */
export function traffic(locations: Iterable<Location>): Traffic {
  let flow = 0;
  let counting = 0;
  let weighted = 0;
  let weight = 0;
  let observedAt: number | undefined;
  for (const { readings } of locations) {
    const f = readings['vehicle_flow'];
    if (f === undefined || f.status === 'stale' || f.status === 'unknown') continue;
    counting++;
    flow += f.value;
    observedAt = Math.max(observedAt ?? 0, f.observedAt ?? 0);
    const speed = readings['speed'];
    if (speed === undefined || speed.status === 'stale' || speed.status === 'unknown') continue;
    weighted += speed.value * f.value;
    weight += f.value;
  }
  return { flow, speed: weight > 0 ? weighted / weight : undefined, counting, observedAt };
}

/** Whether a fault is critical and so new that perhaps nobody has seen it. Times in ms since 1970. */
export function isNew(device: Device, now: number | undefined): boolean {
  if (device.status !== 'critical' || device.since === undefined || now === undefined) return false;
  return now - device.since < NEW_MS;
}
