import { ageOf } from '../time/age';
import { civicDate } from '../time/civic';
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
  readonly #tenths = $derived(new Intl.NumberFormat(this.d.locale, { maximumFractionDigits: 1 }));

  number(n: number): string {
    return this.#whole.format(n);
  }

  tenths(n: number): string {
    return this.#tenths.format(n);
  }

  /** The words for a code, or the code itself where there are none. */
  of(words: Readonly<Record<string, string>>, code: string): string {
    return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
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
