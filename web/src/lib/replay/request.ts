import { momentOf, toRFC3339 } from '../time/local';

/** What of the past is to be shown. Times are ms since 1970. */
export interface Past {
  from: number;
  to: number;
  speed: number;
}

const HOUR_MS = 3_600_000;
const SLOWEST = 0.1;
const FASTEST = 3600;

/** Reads ?replay=FROM&to=TO&speed=N; undefined where the address asks for the present, or for nonsense. */
export function pastOf(query: URLSearchParams, offset: number): Past | undefined {
  const from = momentOf(query.get('replay'), offset);
  if (from === undefined) return undefined;
  const to = momentOf(query.get('to'), offset);
  const speed = Number(query.get('speed') ?? 1);
  return {
    from,
    to: to !== undefined && to > from ? to : from + HOUR_MS,
    speed: speed >= SLOWEST && speed <= FASTEST ? speed : 1,
  };
}

/** The address of the wall that shows it. */
export function addressOf({ from, to, speed }: Past, offset: number, others: URLSearchParams): string {
  const query = new URLSearchParams(others);
  query.set('replay', toRFC3339(from, offset));
  query.set('to', toRFC3339(to, offset));
  query.set('speed', String(speed));
  return `/?${query}`;
}

/** The address of the live wall, with what else the address says of the screen. */
export function liveAddress(others: URLSearchParams): string {
  const query = new URLSearchParams(others);
  for (const name of ['replay', 'to', 'speed']) query.delete(name);
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** The address of the stream that plays it. */
export function streamPath({ from, to, speed }: Past, offset: number): string {
  const query = new URLSearchParams({
    from: toRFC3339(from, offset),
    to: toRFC3339(to, offset),
    speed: String(speed),
  });
  return `/api/v1/replay?${query}`;
}
