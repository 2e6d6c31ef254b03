import { list, number, raw, text, time } from '../city/raw';

export const SCOPES = ['device', 'location', 'area', 'subsystem', 'contractor'] as const;
export type Scope = (typeof SCOPES)[number];

/** Planned maintenance. Times are ms since 1970. */
export interface Window {
  id: string;
  /** What it covers: one or more of these are set. */
  scope: Partial<Record<Scope, string>>;
  /** Of the first, or the only, time. */
  start: number | undefined;
  /** Of the time that is on, or the next. */
  end: number | undefined;
  /** When the time that is on began, or the next begins. */
  from: number | undefined;
  /** When it begins next; undefined where it does not come again. */
  next: number | undefined;
  /** RFC 5545; empty: once. */
  rule: string;
  /** Set in the field, for one device. */
  mute: boolean;
  title: string;
  actor: string;
  reason: string;
  /** It is on now. */
  active: boolean;
  /** The center says that it does not come again. */
  over: boolean;
  /** It was cancelled, or ended early. */
  cancelled: number | undefined;
}

export function asWindow(id: string, value: unknown): Window {
  const v = raw(value);
  const scope: Window['scope'] = {};
  for (const name of SCOPES) {
    const of = text(v[name]);
    if (of !== '') scope[name] = of;
  }
  const start = time(v['start']);
  const [first] = list(v['times']).map(raw);
  return {
    id,
    scope,
    start,
    from: time(first?.['from']) ?? start,
    end: time(first?.['to']) ?? time(v['end']) ?? endOf(start, v),
    next: time(v['next']) ?? nextOf(v),
    rule: text(v['rule']),
    mute: v['mute'] === true,
    title: text(v['title']),
    actor: text(v['planned_by']) || text(v['actor']),
    reason: text(v['reason']),
    active: v['active'] === true || v['state'] === 'active',
    over: v['state'] === 'past' || v['state'] === 'cancelled',
    cancelled: time(v['cancelled_at']),
  };
}

function endOf(start: number | undefined, v: Record<string, unknown>): number | undefined {
  const minutes = number(v['minutes']) ?? (number(v['duration_s']) ?? NaN) / 60;
  return start === undefined || Number.isNaN(minutes) ? undefined : start + minutes * 60_000;
}

// The times to come may begin with the present one.
function nextOf(v: Record<string, unknown>): number | undefined {
  const times = list(v['times']).map((entry) => time(raw(entry)['from']));
  return v['state'] === 'active' ? times[1] : times[0];
}

/** Where a window belongs in the list. */
export type Phase = 'active' | 'upcoming' | 'past';

export function phaseOf(window: Window, now: number): Phase {
  if (window.cancelled !== undefined || window.over) return 'past';
  if (window.active) return 'active';
  if (window.from !== undefined && window.end !== undefined && window.from <= now && now < window.end) return 'active';
  return (window.next ?? window.from ?? 0) > now ? 'upcoming' : 'past';
}

/** Those that are on, by when they end; then those to come, the next first; then the past, the latest first. */
export function compareWindows(now: number): (a: Window, b: Window) => number {
  const order: Phase[] = ['active', 'upcoming', 'past'];
  return (a, b) => {
    const [pa, pb] = [phaseOf(a, now), phaseOf(b, now)];
    if (pa !== pb) return order.indexOf(pa) - order.indexOf(pb);
    if (pa === 'active') return (a.end ?? 0) - (b.end ?? 0);
    if (pa === 'upcoming') return (a.from ?? a.next ?? 0) - (b.from ?? b.next ?? 0);
    return (b.end ?? b.start ?? 0) - (a.end ?? a.start ?? 0);
  };
}
