import { describe, expect, it } from 'vitest';
import { FACETS } from '../city/entity';
import { STATUSES } from '../city/status';
import { INCIDENTS, KINDS, REASONS, SEVERITIES, UNITS, VIOLATIONS, type Dictionary } from './dictionary';
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
    expect(Object.keys(dictionary.violation).sort()).toEqual([...VIOLATIONS].sort());
    expect(Object.keys(dictionary.unit).sort()).toEqual([...UNITS].sort());
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

  it('show an unknown code readable, and never as nothing', () => {
    const words = new Words();
    expect(words.reason('lens_stolen')).toBe('lens stolen');
    expect(words.reason('_')).toBe('_');
    expect(words.name(undefined, 'spaces_taken_ratio')).toBe('spaces taken ratio');
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

  it('write figures with as few digits as say enough', () => {
    const words = new Words();
    expect(words.figure(9.6234)).toEqual({ digits: '9,62', scale: '' });
    expect(words.figure(98.9537)).toEqual({ digits: '99', scale: '' });
    expect(words.figure(61.729)).toEqual({ digits: '61,7', scale: '' });
    expect(words.figure(1816)).toEqual({ digits: '1.816', scale: '' });
    expect(words.figure(-14_312.4)).toEqual({ digits: '-14.312', scale: '' });
    expect(words.figure(3_663_600)).toEqual({ digits: '3,66', scale: 'triệu' });
    expect(words.exact(1121.25)).toBe('1.121,25');
    words.language = 'en';
    expect(words.figure(1816)).toEqual({ digits: '1,816', scale: '' });
    expect(words.figure(2_500_000_000)).toEqual({ digits: '2.5', scale: 'bn' });
  });

  it('write units as the language does, and leave what they do not know', () => {
    const words = new Words();
    expect(words.unit('bn VND')).toBe('tỷ đồng');
    expect(words.unit('µg/m³')).toBe('µg/m³');
  });

  it('write periods as people say them', () => {
    const words = new Words();
    const now = Date.parse('2026-11-23T00:30:00+07:00');
    const period = (name: string) => words.period(name, now, 420);
    expect(period('2026-11-23')).toBe('Hôm nay');
    expect(period('2026-11-22')).toBe('Hôm qua');
    expect(period('2026-11-09')).toBe('9/11');
    expect(period('2026-W47')).toBe('Tuần 47');
    expect(period('2025-12')).toBe('Tháng 12/2025');
    expect(period('2026-Q3')).toBe('Quý 3');
    expect(period('2025')).toBe('Năm 2025');
    expect(period('someday')).toBe('someday');
    expect(words.period('2026-11-23', undefined, 420)).toBe('2026-11-23');
    words.language = 'en';
    expect(period('2026-10')).toBe('Oct');
    expect(period('2025-Q4')).toBe('Q4 2025');
  });

  it('shorten the names of ratios, which their unit tells', () => {
    expect(new Words().d.brief('Tỷ lệ hồ sơ đúng hạn')).toBe('Hồ sơ đúng hạn');
    expect(new Words().d.brief('Số hóa hồ sơ')).toBe('Số hóa hồ sơ');
  });
});
