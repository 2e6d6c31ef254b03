import { civicDate } from '../time/civic';
import { dayOf } from '../time/local';

/** The periods that people ask for most, in whole civic days or shifts. Ends are exclusive. */

export const PRESETS = [
  'shift',
  'last_shift',
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
] as const;
export type Preset = (typeof PRESETS)[number];

export interface Span {
  from: number;
  to: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Shifts are eight hours, from 06:00, 14:00 and 22:00. */
const SHIFT_MS = 8 * HOUR_MS;
const FIRST_SHIFT_MS = 6 * HOUR_MS;

/** A report on what ended less than this ago may still change, and the center refuses it. */
export const SETTLED_MS = 60_000;

/** The period that a preset means now. One that goes on ends at the last whole minute that is settled. */
export function spanOf(preset: Preset, now: number, offset: number): Span {
  const today = dayOf(now, offset);
  const until = Math.floor((now - SETTLED_MS) / 60_000) * 60_000;
  const open = (from: number) => ({ from, to: Math.max(until, from + 60_000) });
  const shift = shiftOf(now, offset);
  const week = today - ((civicDate(now, offset).weekday + 6) % 7) * DAY_MS; // weeks begin on Monday
  switch (preset) {
    case 'shift':
      return open(shift);
    case 'last_shift':
      return { from: shift - SHIFT_MS, to: shift };
    case 'today':
      return open(today);
    case 'yesterday':
      return { from: today - DAY_MS, to: today };
    case 'this_week':
      return open(week);
    case 'last_week':
      return { from: week - 7 * DAY_MS, to: week };
    case 'this_month':
      return open(monthOf(now, offset, 0));
    case 'last_month':
      return { from: monthOf(now, offset, -1), to: monthOf(now, offset, 0) };
  }
}

/** When the shift began in which a moment lies. */
function shiftOf(now: number, offset: number): number {
  const first = dayOf(now, offset) + FIRST_SHIFT_MS;
  return first + Math.floor((now - first) / SHIFT_MS) * SHIFT_MS;
}

function monthOf(now: number, offset: number, later: number): number {
  const { year, month } = civicDate(now, offset);
  return Date.UTC(year, month - 1 + later, 1) - offset * 60_000;
}
