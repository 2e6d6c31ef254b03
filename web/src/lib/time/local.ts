/** What people write as a civic date and time, such as 2026-11-20T08:15:03, and the moment it means. */

const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The moment in ms since 1970; undefined for what is no date. */
export function fromLocal(text: string, offset: number): number | undefined {
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const civil = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(civil);
  // The 31st of November is no date, and neither is 24:00.
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || read.getUTCHours() !== hour) return undefined;
  return civil - offset * 60_000;
}

/** 2026-11-20T08:15:03, as inputs of the type datetime-local take it. */
export function toLocal(ms: number, offset: number): string {
  return new Date(ms + offset * 60_000).toISOString().slice(0, 19);
}

/** 2026-11-20 */
export function toDate(ms: number, offset: number): string {
  return toLocal(ms, offset).slice(0, 10);
}

/** 2026-11-20T08:15:03+07:00, as the center takes it. */
export function toRFC3339(ms: number, offset: number): string {
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${toLocal(ms, offset)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** A moment from an address: RFC 3339, or civic time without an offset. */
export function momentOf(text: string | null, offset: number): number | undefined {
  if (text === null || text === '') return undefined;
  // a plus sign in an address stands for a space
  const written = text.trim().replace(/ (\d\d:\d\d)$/, '+$1');
  const civic = fromLocal(written, offset);
  if (civic !== undefined) return civic;
  if (!/(?:Z|[+-]\d\d:\d\d)$/i.test(written)) return undefined;
  const ms = Date.parse(written);
  return Number.isNaN(ms) ? undefined : ms;
}

const DAY_MS = 86_400_000;

/** When the civic day began in which a moment lies. */
export function dayOf(ms: number, offset: number): number {
  const zone = offset * 60_000;
  return Math.floor((ms + zone) / DAY_MS) * DAY_MS - zone;
}
