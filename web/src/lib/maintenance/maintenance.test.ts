import { describe, expect, it } from 'vitest';
import { recurrenceOf, ruleOf, type Recurrence } from './rule';
import { asWindow, compareWindows, phaseOf } from './window';

describe('rules', () => {
  const every: [Recurrence, string][] = [
    [{ every: 'once' }, ''],
    [{ every: 'day' }, 'FREQ=DAILY'],
    [{ every: 'week', days: ['MO', 'TH'] }, 'FREQ=WEEKLY;BYDAY=MO,TH'],
    [{ every: 'month', day: 15 }, 'FREQ=MONTHLY;BYMONTHDAY=15'],
    [{ every: 'month_weekday', nth: -1, day: 'FR' }, 'FREQ=MONTHLY;BYDAY=-1FR'],
  ];

  it.each(every)('say %j as RFC 5545 does, and are read back', (recurrence, rule) => {
    expect(ruleOf(recurrence)).toBe(rule);
    expect(recurrenceOf(rule)).toEqual({ recurrence, until: '' });
  });

  it('name the days of a week in its order, in whatever order they were chosen', () => {
    expect(ruleOf({ every: 'week', days: ['SU', 'MO'] })).toBe('FREQ=WEEKLY;BYDAY=MO,SU');
  });

  it('end with the last day', () => {
    const rule = ruleOf({ every: 'day' }, '2026-12-31');
    expect(rule).toBe('FREQ=DAILY;UNTIL=20261231T235959');
    expect(recurrenceOf(rule)?.until).toBe('2026-12-31');
    expect(ruleOf({ every: 'day' }, 'soon')).toBe('FREQ=DAILY');
  });

  it('are not said in plain words where these would not be all', () => {
    for (const rule of [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
      'FREQ=DAILY;COUNT=3',
      'FREQ=YEARLY',
      'nonsense',
      'FREQ=WEEKLY;BYDAY=1MO',
    ]) {
      expect(recurrenceOf(rule)).toBeUndefined();
    }
  });
});

describe('windows', () => {
  const now = Date.parse('2026-11-23T12:00:00+07:00');
  const at = (hour: number) => new Date(now + hour * 3_600_000).toISOString();
  const window = (id: string, from: number, to: number, more: object = {}) =>
    asWindow(id, { location: 'l', start: at(from), minutes: 60 * (to - from), ...more });

  it('are on, to come or past', () => {
    expect(phaseOf(window('w', -1, 1), now)).toBe('active');
    expect(phaseOf(window('w', 1, 2), now)).toBe('upcoming');
    expect(phaseOf(window('w', -2, -1), now)).toBe('past');
    expect(phaseOf(window('w', -1, 1, { cancelled_at: at(-0.5) }), now)).toBe('past');
    expect(phaseOf(window('w', -90, -89, { rule: 'FREQ=DAILY', times: [{ from: at(6), to: at(7) }] }), now)).toBe(
      'upcoming',
    );
  });

  it('show the time that is on, not the first that ever was', () => {
    const again = window('w', -90, -89, {
      state: 'active',
      times: [
        { from: at(-1), to: at(0.5) },
        { from: at(23), to: at(24) },
      ],
    });
    expect(phaseOf(again, now)).toBe('active');
    expect([again.from, again.end, again.next]).toEqual([at(-1), at(0.5), at(23)].map(Date.parse));
  });

  it('are in the order in which they are looked at', () => {
    const windows = [
      window('old', -9, -8),
      window('later', 5, 6),
      window('past', -3, -2),
      window('soon', 1, 2),
      window('on', -1, 3),
    ];
    expect(windows.sort(compareWindows(now)).map(({ id }) => id)).toEqual(['on', 'soon', 'later', 'past', 'old']);
  });
});
