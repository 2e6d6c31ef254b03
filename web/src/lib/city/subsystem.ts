import { asReadings, type Reading } from './entity';
import { list, names, number, raw, text, time, type Names } from './raw';
import { asCounts, asStatus, type Counts, type Status } from './status';

/** One figure of a line of business, as it was last told. Times are ms since 1970. */
export interface Indicator {
  /** The code, and for a part of the whole also its scope: code@scope. */
  key: string;
  code: string;
  /** The part of the city or of the business that it speaks of; empty for the whole. */
  scope: string;
  /** Undefined as long as it was never told. */
  value: number | undefined;
  unit: string;
  /** The parts of a ratio; undefined where it was sent bare. */
  numerator: number | undefined;
  denominator: number | undefined;
  /** 2026-11-23, 2026-W47, 2026-11, 2026-Q4 or 2026. */
  period: string;
  observedAt: number | undefined;
  receivedAt: number | undefined;
  status: Status;
  reason: string;
  target: number | undefined;
  /** Which way people want it to go. */
  good: 'above' | 'below' | undefined;
  /** The center made it; nobody told it. */
  computed: boolean;
  /** Earlier values, oldest first. */
  trend: number[];
}

export interface Subsystem {
  id: string;
  names: Names;
  status: Status;
  devices: Counts;
  /** Incidents and cases that go on. */
  incidents: number;
  /** Aggregates of devices, by name. */
  readings: Record<string, Reading>;
  /** Violations of the civic day so far, by type. */
  violations: Record<string, Reading>;
  indicators: Indicator[];
}

/** Counts by type are readings too, under names such as violations_day.red_light. */
const VIOLATIONS = 'violations_day.';

export function asSubsystem(id: string, value: unknown): Subsystem {
  const v = raw(value);
  const readings = Object.entries(asReadings(v['readings']));
  const ofToday = readings.filter(([name]) => name.startsWith(VIOLATIONS));
  return {
    id,
    names: names(v['names'], id),
    status: asStatus(v['status']),
    devices: asCounts(v['devices']),
    incidents: number(v['incidents']) ?? 0,
    readings: Object.fromEntries(readings.filter(([name]) => !name.includes('.'))),
    violations: Object.fromEntries(ofToday.map(([name, reading]) => [name.slice(VIOLATIONS.length), reading])),
    indicators: Object.entries(raw(v['indicators'])).map(([key, entry]) => asIndicator(key, entry)),
  };
}

function asIndicator(key: string, value: unknown): Indicator {
  const v = raw(value);
  const good = text(v['good']);
  const [code = key] = key.split('@', 1);
  return {
    key,
    code,
    scope: text(v['scope']) || key.slice(code.length + 1),
    value: number(v['value']),
    unit: text(v['unit']),
    numerator: number(v['numerator']),
    denominator: number(v['denominator']),
    period: text(v['period']),
    observedAt: time(v['observed_at']),
    receivedAt: time(v['received_at']),
    status: asStatus(v['status']),
    reason: text(v['reason']),
    target: number(v['target']),
    good: good === 'above' || good === 'below' ? good : undefined,
    computed: v['computed'] === true,
    trend: list(v['trend'])
      .map(number)
      .filter((n) => n !== undefined),
  };
}

/** When the newest of a subsystem's figures was observed, ms since 1970. */
export function newestFigure({ indicators, readings, violations }: Subsystem): number | undefined {
  return newestOf([...indicators, ...Object.values(readings), ...Object.values(violations)]);
}

export function newestOf(figures: Iterable<{ observedAt: number | undefined }>): number | undefined {
  let newest: number | undefined;
  for (const { observedAt } of figures) {
    if (observedAt !== undefined && !(newest !== undefined && newest >= observedAt)) newest = observedAt;
  }
  return newest;
}

/** Whether an indicator is on the side of its target where people want it; undefined without a target. */
export function meetsTarget({
  value,
  target,
  good,
}: Pick<Indicator, 'value' | 'target' | 'good'>): boolean | undefined {
  if (value === undefined || target === undefined || good === undefined) return undefined;
  return good === 'above' ? value >= target : value <= target;
}
