/**
 * Times of day in the center's civic zone. The zone's offset comes from the server's own times;
 * this screen's clock and zone play no part.
 */

/** Offset of Asia/Ho_Chi_Minh from UTC in minutes, all year: what holds until the server has spoken. */
export const DEFAULT_OFFSET = 420;

/** The offset from UTC that an RFC 3339 time bears, in minutes; undefined where it bears none. */
export function offsetOf(time: string): number | undefined {
  const match = /([+-])(\d\d):(\d\d)$/.exec(time);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function civil(ms: number, offset: number): Date {
  return new Date(ms + offset * 60_000); // to be read with the getUTC methods only
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** 14:05:09 */
export function clockText(ms: number, offset: number): string {
  const t = civil(ms, offset);
  return `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}`;
}

/** 14:05 for a time of today, 23/11 14:05 for any other. */
export function momentText(ms: number, now: number, offset: number): string {
  const t = civil(ms, offset);
  const clock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`;
  const sameDay = Math.floor(t.getTime() / 86_400_000) === Math.floor(civil(now, offset).getTime() / 86_400_000);
  return sameDay ? clock : `${two(t.getUTCDate())}/${two(t.getUTCMonth() + 1)} ${clock}`;
}

/** Day of the week from 0 (Sunday), day, month from 1, year. */
export function civicDate(ms: number, offset: number): { weekday: number; day: number; month: number; year: number } {
  const t = civil(ms, offset);
  return { weekday: t.getUTCDay(), day: t.getUTCDate(), month: t.getUTCMonth() + 1, year: t.getUTCFullYear() };
}
