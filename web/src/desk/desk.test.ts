import { describe, expect, it } from 'vitest';
import { asAlarm, asGroup } from '../lib/alarm/alarm';
import { batches, bodyOf, MOST_AT_ONCE, outcomes, possible } from './deeds';
import { alarmLines, below, beside, groupLines, shows, waiting } from './list';
import { planBody, type Plan } from './plan';
import { en } from './words/en';
import { vi } from './words/vi';
import { DEEDS, TRANSITIONS } from './words/dictionary';

const alarm = (id: string, more: object = {}) =>
  asAlarm(id, { state: 'active', reason: 'offline', area: 'a', ...more });

describe('the list of the desk', () => {
  const group = (reason: string, area: string) =>
    asGroup(`${reason}.${area}`, { reason, area, active: 9, unacknowledged: 9, devices: 9 });

  it('tells causes with those alarms that passed the filter, and no cause without any', () => {
    const lines = groupLines(
      [group('offline', 'a'), group('power', 'a'), group('offline', 'b')],
      [alarm('1'), alarm('2', { area: 'b' }), alarm('3')],
    );
    expect(lines.map((line) => line.kind === 'group' && [line.id, line.members.map(({ id }) => id)])).toEqual([
      ['offline.a', ['1', '3']],
      ['offline.b', ['2']],
    ]);
  });

  it('goes from line to line, and stays at its ends', () => {
    const lines = alarmLines([alarm('1'), alarm('2')]);
    expect(beside(lines, undefined, 1)?.id).toBe('1');
    expect(beside(lines, '1', 1)?.id).toBe('2');
    expect(beside(lines, '2', 1)?.id).toBe('2');
    expect(beside(lines, '1', -1)?.id).toBe('1');
    expect(beside([], '1', 1)).toBeUndefined();
  });

  it('goes on with the alarm below the one that was dealt with', () => {
    const lines = alarmLines([alarm('1'), alarm('2')]);
    expect(below(lines, '1')?.id).toBe('2');
    expect(below(lines, '2')).toBeUndefined();
    expect(below(lines, '3')).toBeUndefined();
  });

  it('knows what is in view, also with its cause', () => {
    expect(shows(alarmLines([alarm('1')]), '1')).toBe(true);
    expect(shows(groupLines([group('offline', 'a')], [alarm('1')]), '1')).toBe(true);
    expect(shows(alarmLines([alarm('1')]), '2')).toBe(false);
  });

  it('acknowledges nothing twice', () => {
    expect(waiting([alarm('1'), alarm('2', { acknowledged: true })]).map(({ id }) => id)).toEqual(['1']);
  });
});

describe('what people do', () => {
  const said = { reason: ' Đã báo ', assignee: ' Hoa ', minutes: 0 };

  it('is said with what belongs to it, and no more', () => {
    expect(bodyOf('acknowledge', said)).toEqual({ reason: 'Đã báo' });
    expect(bodyOf('acknowledge', { ...said, reason: ' ', minutes: 60 })).toEqual({ minutes: 60 });
    expect(bodyOf('assign', said)).toEqual({ reason: 'Đã báo', assignee: 'Hoa' });
    expect(bodyOf('comment', { ...said, minutes: 60 })).toEqual({ reason: 'Đã báo' });
  });

  it('is asked of so many alarms at once as the center takes', () => {
    const all = Array.from({ length: MOST_AT_ONCE + 1 }, (_, i) => alarm(String(i)));
    expect(batches(all).map((ids) => ids.length)).toEqual([MOST_AT_ONCE, 1]);
    expect(batches([])).toEqual([]);
  });

  it('says how many were done', () => {
    const items = ['done', 'repeated', 'no_such', 'refused'].map((outcome) => ({ outcome }));
    expect(outcomes({ items })).toEqual({ done: 2, failed: 2 });
  });

  it('makes sense for the alarm as it is', () => {
    expect(possible('acknowledge', alarm('1', { acknowledged: true }), true)).toBe(false);
    expect(possible('unshelve', alarm('1'), true)).toBe(false);
    expect(possible('comment', alarm('1'), false)).toBe(false);
  });
});

describe('a plan of maintenance', () => {
  const plan: Plan = {
    scope: 'location',
    which: 'loc-1',
    start: '2026-11-24T08:00',
    minutes: 120,
    recurrence: { every: 'week', days: ['TU'] },
    lastDay: '',
    title: '',
    reason: ' Vệ sinh ',
  };

  it('is asked for in civic time', () => {
    expect(planBody(plan, 420)).toEqual({
      body: {
        location: 'loc-1',
        start: '2026-11-24T08:00:00+07:00',
        minutes: 120,
        rule: 'FREQ=WEEKLY;BYDAY=TU',
        reason: 'Vệ sinh',
      },
    });
  });

  it('begins now without a beginning, and says what is missing', () => {
    expect(planBody({ ...plan, start: '', recurrence: { every: 'once' } }, 420)).toEqual({
      body: { location: 'loc-1', minutes: 120, reason: 'Vệ sinh' },
    });
    expect(planBody({ ...plan, recurrence: { every: 'week', days: [] } }, 420)).toEqual({ flaw: 'noDays' });
    expect(planBody({ ...plan, start: 'tomorrow' }, 420)).toEqual({ flaw: 'backwards' });
  });
});

describe.each([
  ['vi', vi],
  ['en', en],
])('the words of the desk in %s', (_, words) => {
  it('are there for every code', () => {
    expect(Object.keys(words.transition).sort()).toEqual([...TRANSITIONS].sort());
    expect(Object.keys(words.deed).sort()).toEqual([...DEEDS].sort());
    for (const part of [words.transition, words.deed, words.view]) {
      expect(Object.values(part).filter((word) => word.trim() === '')).toEqual([]);
    }
  });

  it('say every recurrence', () => {
    const { said } = words.maintenance;
    const all = [
      said({ every: 'once' }, ''),
      said({ every: 'day' }, ''),
      said({ every: 'week', days: ['SU', 'MO'] }, ''),
      said({ every: 'month', day: 15 }, ''),
      said({ every: 'month_weekday', nth: -1, day: 'FR' }, '2026-12-31'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.join()).not.toContain('undefined');
  });
});
