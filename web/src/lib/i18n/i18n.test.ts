import { describe, expect, it } from 'vitest';
import { FACETS } from '../city/entity';
import { STATUSES } from '../city/status';
import { INCIDENTS, KINDS, METRICS, REASONS, SEVERITIES, type Dictionary } from './dictionary';
import { en } from './en';
import { vi } from './vi';
import { Words } from './words.svelte';

function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

describe.each([
  ['vi', vi],
  ['en', en],
])('the dictionary %s', (_, dictionary: Dictionary) => {
  it('has words for every code', () => {
    expect(Object.keys(dictionary.reason).sort()).toEqual([...REASONS].sort());
    expect(Object.keys(dictionary.status).sort()).toEqual([...STATUSES].sort());
    expect(Object.keys(dictionary.facet).sort()).toEqual([...FACETS].sort());
    expect(Object.keys(dictionary.incident).sort()).toEqual([...INCIDENTS].sort());
    expect(Object.keys(dictionary.severity).sort()).toEqual([...SEVERITIES].sort());
    expect(Object.keys(dictionary.kind).sort()).toEqual([...KINDS].sort());
    expect(Object.keys(dictionary.metric).sort()).toEqual([...METRICS].sort());
  });

  it('leaves nothing empty', () => {
    expect(texts(dictionary, '').filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('uses one word for one thing', () => {
    for (const words of [dictionary.reason, dictionary.status, dictionary.facet, dictionary.freshness]) {
      expect(new Set(Object.values(words)).size).toBe(Object.values(words).length);
    }
  });
});

describe('words', () => {
  it('are Vietnamese first', () => {
    expect(new Words().reason('offline')).toBe('Mất kết nối');
  });

  it('show an unknown code as it is', () => {
    const words = new Words();
    expect(words.reason('lens_stolen')).toBe('lens_stolen');
    expect(words.reason('constructor')).toBe('constructor');
  });

  it('write numbers, ages and dates as the language does', () => {
    const words = new Words();
    const day = Date.parse('2026-11-23T00:30:00+07:00');
    expect(words.number(12_345)).toBe('12.345');
    expect(words.age(2 * 3_600_000 + 5 * 60_000)).toBe('2 giờ 5 phút');
    expect(words.ageShort(2 * 3_600_000 + 5 * 60_000)).toBe('2g 05p');
    expect(words.date(day, 420)).toBe('Thứ hai, 23/11/2026');
    words.language = 'en';
    expect(words.number(12_345)).toBe('12,345');
    expect(words.age(26 * 3_600_000)).toBe('1 d 2 h');
    expect(words.date(day, 420)).toBe('Monday, 23 November 2026');
  });
});
