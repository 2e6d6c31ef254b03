/** How maintenance comes again, as people say it, and as an RRULE of RFC 5545. */

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Day = (typeof DAYS)[number];

export type Recurrence =
  | { every: 'once' }
  | { every: 'day' }
  | { every: 'week'; days: readonly Day[] }
  | { every: 'month'; day: number }
  /** The first to fourth, or with -1 the last, such day of the month. */
  | { every: 'month_weekday'; nth: number; day: Day };

/** The rule, or an empty text for once. The last day, 2026-12-31, is the last on which it may begin. */
export function ruleOf(recurrence: Recurrence, lastDay = ''): string {
  const until = /^\d{4}-\d\d-\d\d$/.test(lastDay) ? `;UNTIL=${lastDay.replaceAll('-', '')}T235959` : '';
  switch (recurrence.every) {
    case 'once':
      return '';
    case 'day':
      return `FREQ=DAILY${until}`;
    case 'week':
      return `FREQ=WEEKLY;BYDAY=${DAYS.filter((day) => recurrence.days.includes(day)).join(',')}${until}`;
    case 'month':
      return `FREQ=MONTHLY;BYMONTHDAY=${recurrence.day}${until}`;
    case 'month_weekday':
      return `FREQ=MONTHLY;BYDAY=${recurrence.nth}${recurrence.day}${until}`;
  }
}

/** Reads the rules that can be said in plain words; undefined for every other. */
export function recurrenceOf(rule: string): { recurrence: Recurrence; until: string } | undefined {
  if (rule === '') return { recurrence: { every: 'once' }, until: '' };
  const parts = new Map<string, string>();
  for (const part of rule.replace(/^RRULE:/, '').split(';')) {
    const [name = '', value = ''] = part.split('=');
    parts.set(name.toUpperCase(), value.toUpperCase());
  }
  const { freq, until, rest } = take(parts);
  if (freq === undefined || until === undefined) return undefined;
  const recurrence = readRest(freq, rest);
  return recurrence && { recurrence, until };
}

function take(parts: Map<string, string>): { freq?: string; until?: string; rest: Map<string, string> } {
  const rest = new Map(parts);
  for (const name of ['FREQ', 'UNTIL', 'WKST']) rest.delete(name);
  if (rest.get('INTERVAL') === '1') rest.delete('INTERVAL');
  const freq = parts.get('FREQ');
  const until = parts.get('UNTIL') ?? '';
  const match = /^(\d{4})(\d\d)(\d\d)/.exec(until);
  if (until !== '' && match === null) return { rest };
  return { ...(freq && { freq }), until: match ? `${match[1]}-${match[2]}-${match[3]}` : '', rest };
}

function readRest(freq: string, rest: Map<string, string>): Recurrence | undefined {
  if (freq === 'DAILY' && rest.size === 0) return { every: 'day' };
  if (rest.size !== 1) return undefined;
  const byDay = rest.get('BYDAY');
  if (freq === 'WEEKLY' && byDay !== undefined) {
    const days = byDay.split(',');
    return days.every(isDay) ? { every: 'week', days } : undefined;
  }
  if (freq !== 'MONTHLY') return undefined;
  const day = Number(rest.get('BYMONTHDAY'));
  if (Number.isInteger(day) && day >= 1 && day <= 31) return { every: 'month', day };
  const match = /^(-1|[1-4])([A-Z]{2})$/.exec(byDay ?? '');
  const weekday = match?.[2] ?? '';
  return match && isDay(weekday) ? { every: 'month_weekday', nth: Number(match[1]), day: weekday } : undefined;
}

function isDay(text: string): text is Day {
  return (DAYS as readonly string[]).includes(text);
}
