import { describe, expect, it } from 'vitest';
import { toLocal } from '../time/local';
import { PRESETS, spanOf, type Preset } from './presets';

// A Thursday. These tests run in the zone of New York.
const now = Date.parse('2026-11-26T02:15:30+07:00');
const span = (preset: Preset, at = now) => {
  const { from, to } = spanOf(preset, at, 420);
  return [toLocal(from, 420), toLocal(to, 420)];
};

describe('the periods of reports', () => {
  it('are civic days, weeks from Monday, and months', () => {
    expect(span('yesterday')).toEqual(['2026-11-25T00:00:00', '2026-11-26T00:00:00']);
    expect(span('last_week')).toEqual(['2026-11-16T00:00:00', '2026-11-23T00:00:00']);
    expect(span('last_month')).toEqual(['2026-10-01T00:00:00', '2026-11-01T00:00:00']);
  });

  it('begin a week on Monday on a Sunday too, and a year in January', () => {
    expect(span('last_week', Date.parse('2026-11-29T23:00:00+07:00'))[0]).toBe('2026-11-16T00:00:00');
    expect(span('last_month', Date.parse('2027-01-05T00:00:00+07:00'))).toEqual([
      '2026-12-01T00:00:00',
      '2027-01-01T00:00:00',
    ]);
  });

  it('know the shifts from 06:00, 14:00 and 22:00, the last of which spans midnight', () => {
    expect(span('shift')[0]).toBe('2026-11-25T22:00:00');
    expect(span('last_shift')).toEqual(['2026-11-25T14:00:00', '2026-11-25T22:00:00']);
    expect(span('last_shift', Date.parse('2026-11-26T06:00:00+07:00'))).toEqual([
      '2026-11-25T22:00:00',
      '2026-11-26T06:00:00',
    ]);
  });

  it('end what goes on a minute ago at the latest, as the center wants it, and are never empty', () => {
    for (const preset of PRESETS) {
      for (const at of [now, Date.parse('2026-11-26T00:00:10+07:00')]) {
        const { from, to } = spanOf(preset, at, 420);
        expect(to).toBeGreaterThan(from);
      }
    }
    expect(span('today')).toEqual(['2026-11-26T00:00:00', '2026-11-26T02:14:00']);
  });
});
