import type { Names } from '../city/raw';
import { ageOf } from '../time/age';
import { civicDate } from '../time/civic';
import { parsePeriod } from '../time/period';
import type { Dictionary } from './dictionary';
import { en } from './en';
import { vi } from './vi';

export type Language = 'vi' | 'en';

const dictionaries: Record<Language, Dictionary> = { vi, en };

/** The words of the chosen language, and the ways to write what is made of numbers. */
export class Words {
  language = $state<Language>('vi');
  readonly d = $derived(dictionaries[this.language]);
  readonly #whole = $derived(new Intl.NumberFormat(this.d.locale, { maximumFractionDigits: 0 }));
  readonly #exact = $derived(new Intl.NumberFormat(this.d.locale, { maximumFractionDigits: 3 }));
  readonly #hundredths = $derived(new Intl.NumberFormat(this.d.locale, { maximumFractionDigits: 2 }));
  readonly #tenths = $derived(new Intl.NumberFormat(this.d.locale, { maximumFractionDigits: 1 }));

  number(n: number): string {
    return this.#whole.format(n);
  }

  tenths(n: number): string {
    return this.#tenths.format(n);
  }

  hundredths(n: number): string {
    return this.#hundredths.format(n);
  }

  /** As it was told, to the thousandth. */
  exact(n: number): string {
    return this.#exact.format(n);
  }

  /** In large type, with as few digits as say enough; scale is a word that belongs after them. */
  figure(n: number): { digits: string; scale: string } {
    const size = Math.abs(n);
    if (size >= 1e9) return { digits: this.#significant(n / 1e9), scale: this.d.billion };
    if (size >= 1e6) return { digits: this.#significant(n / 1e6), scale: this.d.million };
    return { digits: this.#significant(n), scale: '' };
  }

  #significant(n: number): string {
    const size = Math.abs(n);
    return (size < 10 ? this.#hundredths : size < 1000 ? this.#tenths : this.#whole).format(n);
  }

  unit(unit: string): string {
    return Object.hasOwn(this.d.unit, unit) ? (this.d.unit[unit as keyof typeof this.d.unit] ?? unit) : unit;
  }

  name(names: Names | undefined, code: string): string {
    return names?.[this.language] ?? readable(code);
  }

  /** The name of a period; as it is where it is none, and empty without one. */
  period(name: string, now: number | undefined, offset: number): string {
    const period = now === undefined ? undefined : parsePeriod(name, now, offset);
    return period === undefined ? name : this.d.period(period);
  }

  /** The words for a code, or the code itself, made readable, where there are none. */
  of(words: Readonly<Record<string, string>>, code: string): string {
    return Object.hasOwn(words, code) ? (words[code] ?? code) : readable(code);
  }

  reason(code: string): string {
    return this.of(this.d.reason, code);
  }

  /** An age in ms. */
  age(ms: number): string {
    return this.d.age(ageOf(ms));
  }

  ageShort(ms: number): string {
    return this.d.ageShort(ageOf(ms));
  }

  date(ms: number, offset: number): string {
    const { weekday, day, month, year } = civicDate(ms, offset);
    return this.d.date(this.d.weekdays[weekday] ?? '', day, month, year);
  }
}

/** A code for which there are no words, as text. */
export function readable(code: string): string {
  return code.replaceAll('_', ' ').trim() || code;
}
