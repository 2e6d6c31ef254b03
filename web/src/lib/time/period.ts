import { civicDate } from './civic';

/** A length of time that a figure speaks of, told apart from its name on the wire. */
export type Period =
  | { type: 'day'; year: number; month: number; day: number; /** 0 for today, 1 for yesterday. */ ago: number }
  | { type: 'week' | 'month' | 'quarter'; year: number; number: number; thisYear: boolean }
  | { type: 'year'; year: number };

const FORM = /^(\d{4})(?:-W(\d\d)|-Q([1-4])|-(\d\d)(?:-(\d\d))?)?$/;
const DAY_MS = 86_400_000;

/** Reads 2026-11-23, 2026-W47, 2026-11, 2026-Q4 and 2026; undefined for what is none of these. */
export function parsePeriod(name: string, now: number, offset: number): Period | undefined {
  const match = FORM.exec(name);
  if (match === null) return undefined;
  const [year = 0, week = 0, quarter = 0, month = 0, day = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const today = civicDate(now, offset);
  const thisYear = year === today.year;
  if (week > 0) return { type: 'week', year, number: week, thisYear };
  if (quarter > 0) return { type: 'quarter', year, number: quarter, thisYear };
  if (month === 0) return { type: 'year', year };
  if (day === 0) return { type: 'month', year, number: month, thisYear };
  const since = Date.UTC(today.year, today.month - 1, today.day) - Date.UTC(year, month - 1, day);
  return { type: 'day', year, month, day, ago: Math.round(since / DAY_MS) };
}
