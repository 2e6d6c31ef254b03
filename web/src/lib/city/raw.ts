/** Reads fields of what came over the wire, where nothing can be taken for granted. */

export type Raw = Record<string, unknown>;

export function raw(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An RFC 3339 time in ms since 1970. */
export function time(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** What something is called in each language of the wall. */
export interface Names {
  vi: string;
  en: string;
}

/** Reads names. Where one language has none, the other's serves, and where neither has, the code. */
export function names(value: unknown, code: string): Names {
  const vi = text(raw(value)['vi']);
  const en = text(raw(value)['en']);
  return { vi: vi || en || code, en: en || vi || code };
}
