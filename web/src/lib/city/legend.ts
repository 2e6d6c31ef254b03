import { list, names, raw, text, type Names } from './raw';

/** The names of what the subsystems measure, as GET /api/v1/legend gives them. */

export interface LegendIndicator {
  names: Names;
  /** It has a numerator and a denominator, unless it was sent bare. */
  ratio: boolean;
}

export interface LegendEntry {
  names: Names;
  /** By code, in the order in which the subsystem declares them. */
  indicators: ReadonlyMap<string, LegendIndicator>;
  aggregates: ReadonlyMap<string, Names>;
  metrics: ReadonlyMap<string, Names>;
}

/** By subsystem, in the center's own order. */
export type Legend = ReadonlyMap<string, LegendEntry>;

/** What there is before the center has answered. */
export const NO_LEGEND: Legend = new Map();

export function asLegend(value: unknown): Legend {
  return byCode(raw(value)['subsystems'], 'id', (v, id) => ({
    names: names(v['names'], id),
    indicators: byCode(v['indicators'], 'code', (i, code) => ({
      names: names(i['names'], code),
      ratio: i['ratio'] === true,
    })),
    aggregates: byCode(v['aggregates'], 'name', (a, name) => names(a['names'], name)),
    metrics: byCode(v['metrics'], 'name', (m, name) => names(m['names'], name)),
  }));
}

function byCode<T>(value: unknown, key: string, read: (v: Record<string, unknown>, code: string) => T): Map<string, T> {
  const entries = new Map<string, T>();
  for (const v of list(value).map(raw)) {
    const code = text(v[key]);
    if (code !== '') entries.set(code, read(v, code));
  }
  return entries;
}
