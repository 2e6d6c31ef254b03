import { expect, it } from 'vitest';
import { ageOf } from './age';
import { civicDate, clockText, DEFAULT_OFFSET, momentText, offsetOf } from './civic';

// These tests run in the zone of New York, as vitest.config.ts says.
const noon = Date.parse('2026-11-23T12:00:00+07:00');

it('runs where the zone of the screen is not that of the center', () => {
  expect(new Date(noon).getTimezoneOffset()).toBe(300);
});

it('writes times in the civic zone', () => {
  expect(clockText(noon, DEFAULT_OFFSET)).toBe('12:00:00');
  expect(clockText(Date.parse('2026-11-23T17:30:05Z'), DEFAULT_OFFSET)).toBe('00:30:05');
});

it('takes the day from the civic zone', () => {
  const midnight = Date.parse('2026-11-24T00:00:00+07:00');
  expect(civicDate(midnight, DEFAULT_OFFSET)).toEqual({ weekday: 2, day: 24, month: 11, year: 2026 });
  expect(civicDate(midnight - 1, DEFAULT_OFFSET)).toEqual({ weekday: 1, day: 23, month: 11, year: 2026 });
});

it('adds the date to a time of another day', () => {
  expect(momentText(noon, noon + 3_600_000, DEFAULT_OFFSET)).toBe('12:00');
  expect(momentText(noon, noon + 43_200_000, DEFAULT_OFFSET)).toBe('23/11 12:00');
});

it('reads the zone from the times of the server', () => {
  expect(offsetOf('2026-11-23T12:00:00.123456789+07:00')).toBe(420);
  expect(offsetOf('2026-11-23T12:00:00-03:30')).toBe(-210);
  expect(offsetOf('2026-11-23T05:00:00Z')).toBeUndefined();
});

it('says ages in the unit that matters', () => {
  expect(ageOf(-500)).toEqual({ value: 0, unit: 'second', rest: undefined });
  expect(ageOf(59_999)).toEqual({ value: 59, unit: 'second', rest: undefined });
  expect(ageOf(60_000)).toEqual({ value: 1, unit: 'minute', rest: undefined });
  expect(ageOf(2 * 3_600_000 + 5 * 60_000)).toEqual({ value: 2, unit: 'hour', rest: 5 });
  expect(ageOf(3 * 86_400_000 + 4 * 3_600_000)).toEqual({ value: 3, unit: 'day', rest: 4 });
});
