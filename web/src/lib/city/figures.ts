import type { LegendEntry } from './legend';
import { compareText } from './select';
import { rank, STATUSES, total, type Status } from './status';
import { newestOf, type Indicator, type Subsystem } from './subsystem';

/** What stands on a tile in large type: an indicator, an aggregate of devices, today's violations, or devices themselves. */
export interface Figure {
  kind: 'indicator' | 'aggregate' | 'violations' | 'devices';
  key: string;
  code: string;
  scope: string;
  value: number | undefined;
  unit: string;
  /** All devices, for figures of that kind. */
  of: number | undefined;
  status: Status;
  period: string;
  observedAt: number | undefined;
  target: number | undefined;
  good: 'above' | 'below' | undefined;
  /** A ratio that was sent without its two parts. */
  bare: boolean;
  trend: number[];
}

const NOTHING = {
  code: '',
  scope: '',
  unit: '',
  of: undefined,
  period: '',
  observedAt: undefined,
  target: undefined,
  good: undefined,
  bare: false,
  trend: [],
};

/**
 * The few figures of a subsystem for which a tile has room. What is bad comes first, then what is
 * judged by a target, then the rest, each in the order in which the subsystem declares them, and last
 * what was never told.
 */
export function keyFigures(subsystem: Subsystem, legend: LegendEntry | undefined, most: number): Figure[] {
  const all = [...indicatorFigures(subsystem, legend), ...aggregateFigures(subsystem, legend)];
  all.push(...violationFigures(subsystem));
  all.push(...deviceFigures(subsystem, all.length === 0));
  return all
    .map((figure, place) => ({ figure, place }))
    .sort((a, b) => weight(a.figure) - weight(b.figure) || a.place - b.place)
    .slice(0, most)
    .map(({ figure }) => figure);
}

function weight({ kind, status, good }: Figure): number {
  switch (status) {
    case 'critical':
    case 'warning':
    case 'stale':
      return rank(status);
    case 'unknown': // devices that nobody can see are bad; figures that nobody told are not there yet
      return kind === 'devices' ? rank('unknown') : Infinity;
    case 'ok':
    case 'maintenance':
      return rank(status) + (good === undefined ? 0.5 : 0);
  }
}

function indicatorFigures({ indicators }: Subsystem, legend: LegendEntry | undefined): Figure[] {
  return inLegendOrder(indicators, legend)
    .filter((indicator) => belongs(indicator, indicators))
    .map((indicator): Figure => ({
      ...indicator,
      kind: 'indicator',
      of: undefined,
      bare: isBare(indicator, legend),
    }));
}

/** Of the parts of a whole a tile shows those that are bad, and the worst where there is no whole. */
function belongs(indicator: Indicator, all: readonly Indicator[]): boolean {
  if (rank(indicator.status) <= rank('warning')) return true;
  const parts = all.filter(({ code, scope, value }) => code === indicator.code && scope !== '' && value !== undefined);
  if (indicator.scope === '') return indicator.value !== undefined || parts.length === 0;
  const whole = all.find(({ code, scope }) => code === indicator.code && scope === '');
  if (whole?.value !== undefined) return false;
  return parts.every(
    (part) =>
      rank(part.status) > rank(indicator.status) ||
      (part.status === indicator.status && compareText(indicator.scope, part.scope) <= 0),
  );
}

/** A ratio whose two parts were not sent with it. */
export function isBare({ code, value, numerator, computed }: Indicator, legend: LegendEntry | undefined): boolean {
  const ratio = legend?.indicators.get(code)?.ratio === true;
  return ratio && value !== undefined && numerator === undefined && !computed;
}

/** Indicators as their subsystem declares them, the whole before its parts. */
export function inLegendOrder(indicators: readonly Indicator[], legend: LegendEntry | undefined): Indicator[] {
  const places = new Map([...(legend?.indicators.keys() ?? [])].map((code, place) => [code, place]));
  const place = ({ code }: Indicator) => places.get(code) ?? places.size;
  return [...indicators].sort((a, b) => place(a) - place(b) || compareText(a.key, b.key));
}

function aggregateFigures({ readings }: Subsystem, legend: LegendEntry | undefined): Figure[] {
  const places = [...(legend?.aggregates.keys() ?? [])];
  return Object.entries(readings)
    .sort(([a], [b]) => places.indexOf(a) - places.indexOf(b))
    .map(([code, { value, unit, status, observedAt }]): Figure => ({
      ...NOTHING,
      kind: 'aggregate',
      key: `reading ${code}`,
      code,
      value,
      unit,
      status,
      observedAt,
    }));
}

function violationFigures({ violations }: Subsystem): Figure[] {
  const counts = Object.values(violations);
  if (counts.length === 0) return [];
  const value = counts.reduce((sum, { value }) => sum + value, 0);
  return [{ ...NOTHING, kind: 'violations', key: 'violations', value, status: 'ok', observedAt: newestOf(counts) }];
}

/** How many devices are in the worst state that one of them is in. If none is bad, only where asked. */
function deviceFigures({ devices }: Subsystem, evenIfWell: boolean): Figure[] {
  const of = total(devices);
  const status = STATUSES.find((status) => devices[status] > 0);
  const bad = status !== undefined && rank(status) < rank('maintenance');
  if (status === undefined || (!bad && !evenIfWell)) return [];
  return [{ ...NOTHING, kind: 'devices', key: 'devices', value: devices[status], of, status }];
}
