import { describe, expect, it } from 'vitest';
import { asAlarm, asGroup } from './alarm';
import { board, calls, compareAlarms, countHidden, initials, inGroup, listed } from './order';

const at = (minute: number) => `2026-11-23T10:${String(minute).padStart(2, '0')}:00+07:00`;
const alarm = (id: string, more: object = {}) =>
  asAlarm(id, { severity: 'critical', state: 'active', raised_at: at(1), reason: 'offline', area: 'a', ...more });

describe('the list of alarms', () => {
  it('has what nobody took on first, then worst first, then the newest', () => {
    const alarms = [
      alarm('over', { state: 'cleared', raised_at: at(50) }),
      alarm('known', { acknowledged: true, raised_at: at(50) }),
      alarm('warned', { severity: 'warning', raised_at: at(40) }),
      alarm('old', { raised_at: at(2) }),
      alarm('new', { raised_at: at(30) }),
      alarm('escalated', { raised_at: at(1), level: 1 }),
    ];
    expect(listed(alarms).map(({ id }) => id)).toEqual(['escalated', 'new', 'old', 'warned', 'known', 'over']);
  });

  it('is the same in whatever order alarms come', () => {
    const [a, b] = [alarm('a'), alarm('b')];
    expect([b, a].sort(compareAlarms)).toEqual([a, b].sort(compareAlarms));
  });

  it('leaves out what is shelved, suppressed or out of service, and counts it', () => {
    const hidden = [
      alarm('shelved', { shelved_until: at(59) }),
      alarm('behind', { suppressed: true }),
      alarm('serviced', { out_of_service: true }),
    ];
    expect(listed([...hidden, alarm('seen')]).map(({ id }) => id)).toEqual(['seen']);
    expect(countHidden(hidden)).toEqual({ shelved: 1, suppressed: 1, out_of_service: 1 });
  });

  it('flashes only for what goes on, is listed, and nobody acknowledged', () => {
    expect(calls(alarm('a'))).toBe(true);
    expect(calls(alarm('a', { acknowledged: true }))).toBe(false);
    expect(calls(alarm('a', { state: 'cleared' }))).toBe(false);
    expect(calls(alarm('a', { shelved_until: at(59) }))).toBe(false);
  });

  it('takes a severity that it does not know for the worst', () => {
    expect(alarm('a', { severity: 'catastrophic' }).severity).toBe('critical');
  });
});

describe('the board', () => {
  const group = (id: string, more: object = {}) =>
    asGroup(id, { reason: id, area: 'a', severity: 'critical', active: 1, unacknowledged: 1, devices: 1, ...more });

  it('tells alarms one by one while there is no flood, whatever groups there are', () => {
    expect(board([alarm('a')], [group('power')], false)).toMatchObject({ mode: 'single', alarms: [{ id: 'a' }] });
  });

  it('tells causes in a flood: what nobody took on first, then what most devices suffer from', () => {
    const groups = [
      group('seen', { unacknowledged: 0, devices: 90 }),
      group('small'),
      group('large', { devices: 40 }),
      group('gone', { active: 0, unacknowledged: 0 }),
      group('mild', { severity: 'warning', devices: 99 }),
    ];
    const shown = board([alarm('a')], groups, true);
    expect(shown.mode === 'flood' && shown.groups.map(({ id }) => id)).toEqual(['large', 'small', 'mild', 'seen']);
  });

  it('shows alarms where a flood is told of and no group yet, and never nothing', () => {
    expect(board([alarm('a')], [], true)).toMatchObject({ mode: 'single', alarms: [{ id: 'a' }] });
  });

  it('counts what is not listed in a flood too', () => {
    expect(board([alarm('a', { suppressed: true })], [group('power')], true).hidden.suppressed).toBe(1);
  });

  it('knows which alarms a group stands for', () => {
    expect(inGroup(alarm('a'), { reason: 'offline', area: 'a' })).toBe(true);
    expect(inGroup(alarm('a'), { reason: 'offline', area: 'b' })).toBe(false);
    expect(inGroup(alarm('a', { suppressed: true }), { reason: 'offline', area: 'a' })).toBe(false);
  });
});

it('stands for people by the first letters of their family and their given name', () => {
  expect(initials('Nguyễn Thị Hoa')).toBe('NH');
  expect(initials('đạt')).toBe('Đ');
  expect(initials('minh.tran')).toBe('MT');
  expect(initials(' ')).toBe('');
});
