import { describe, expect, it } from 'vitest';
import { asAlarm } from './alarm';
import { NO_FILTER, plain, select, type Filter } from './filter';

const alarm = (id: string, more: object = {}) =>
  asAlarm(id, { severity: 'critical', state: 'active', area: 'a', ...more });
const alarms = [
  alarm('new'),
  alarm('known', { acknowledged: true }),
  alarm('over', { state: 'cleared' }),
  alarm('shelved', { shelved_until: '2026-11-23T10:00:00Z' }),
  alarm('mild', { severity: 'warning', area: 'b', subsystem: 'health' }),
];
const found = (filter: Partial<Filter>) =>
  select(alarms, { ...NO_FILTER, ...filter }, ({ id }) => `Camera ${id} Đền Hùng`).map(({ id }) => id);

describe('the filter of the desk', () => {
  it('knows what is to be acknowledged, what goes on, what is over and what is not listed', () => {
    expect(found({ view: 'todo' })).toEqual(['new', 'mild', 'over']);
    expect(found({ view: 'active' })).toEqual(['new', 'mild', 'known']);
    expect(found({ view: 'over' })).toEqual(['over']);
    expect(found({ view: 'hidden' })).toEqual(['shelved']);
    expect(found({ view: 'all' })).toHaveLength(5);
  });

  it('narrows by severity, area and subsystem', () => {
    expect(found({ severity: 'warning' })).toEqual(['mild']);
    expect(found({ area: 'a' })).toEqual(['new', 'known']);
    expect(found({ subsystem: 'health' })).toEqual(['mild']);
  });

  it('finds what is typed without marks, in any order', () => {
    expect(found({ text: 'hung  KNOWN' })).toEqual(['known']);
    expect(found({ text: 'den hung' })).toHaveLength(3);
    expect(found({ text: 'nowhere' })).toEqual([]);
    expect(plain('Mất kết nối Đường')).toBe('mat ket noi duong');
  });
});
