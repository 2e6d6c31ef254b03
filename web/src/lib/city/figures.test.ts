import { describe, expect, it } from 'vitest';
import { inLegendOrder, isBare, keyFigures } from './figures';
import { asLegend } from './legend';
import { asSubsystem, meetsTarget, newestFigure } from './subsystem';

const legend = asLegend({
  subsystems: [
    {
      id: 'health',
      indicators: [
        { code: 'visits', names: { vi: 'Lượt khám', en: 'Visits' } },
        { code: 'beds_ratio', names: { vi: 'Giường bệnh', en: 'Beds' }, ratio: true },
        { code: 'minutes', names: { vi: 'Thời gian', en: 'Minutes' } },
      ],
      aggregates: [{ name: 'flow', names: { vi: 'Lưu lượng', en: 'Flow' } }],
    },
  ],
}).get('health');

const told = (value: number, status = 'ok', more: object = {}) => ({ value, status, ...more });
const untold = { status: 'unknown', reason: 'never_heard' };

function keys(entity: object, most = 2): string[] {
  return keyFigures(asSubsystem('health', entity), legend, most).map((figure) => figure.key);
}

describe('the figures of a tile', () => {
  it('are worst first, then those that are judged, then as they are declared', () => {
    const indicators = {
      visits: told(9),
      minutes: told(11, 'ok', { good: 'below', target: 12 }),
      beds_ratio: told(96, 'warning', { good: 'below', target: 85 }),
    };
    expect(keys({ status: 'warning', indicators }, 3)).toEqual(['beds_ratio', 'minutes', 'visits']);
    expect(keys({ status: 'warning', indicators })).toEqual(['beds_ratio', 'minutes']);
  });

  it('show a stale figure before those that are well', () => {
    expect(keys({ status: 'stale', indicators: { visits: told(9), minutes: told(11, 'stale') } })).toEqual([
      'minutes',
      'visits',
    ]);
  });

  it('show what was never told last, but before it devices that nobody can see', () => {
    const indicators = { visits: untold, minutes: told(11), beds_ratio: told(80) };
    expect(keys({ indicators }, 3)).toEqual(['beds_ratio', 'minutes', 'visits']);
    expect(keys({ indicators, devices: { unknown: 1 } })).toEqual(['devices', 'beds_ratio']);
  });

  it('show of parts those that are bad, and the worst where there is no whole', () => {
    const parts = { 'minutes@a': told(9), 'minutes@b': told(30, 'critical'), 'visits@a': told(4), 'visits@b': told(5) };
    expect(keys({ indicators: { ...parts, minutes: told(11), visits: untold } }, 5)).toEqual([
      'minutes@b',
      'visits@a',
      'minutes',
    ]);
    const [figure] = keyFigures(asSubsystem('health', { indicators: parts }), legend, 1);
    expect(figure).toMatchObject({ code: 'minutes', scope: 'b', value: 30 });
  });

  it('tell of devices where they are bad, and where there is nothing else to tell', () => {
    const indicators = { visits: told(9, 'warning') };
    expect(keys({ indicators, devices: { ok: 5, critical: 2 } })).toEqual(['devices', 'visits']);
    expect(keys({ indicators, devices: { ok: 5, maintenance: 2 } })).toEqual(['visits']);
    const [figure] = keyFigures(asSubsystem('health', { devices: { ok: 5 } }), legend, 2);
    expect(figure).toMatchObject({ kind: 'devices', value: 5, of: 5, status: 'ok' });
    expect(keys({})).toEqual([]);
  });

  it('are aggregates of devices where there are such', () => {
    const readings = { flow: { value: 470, unit: 'veh/h', status: 'ok' } };
    const [figure] = keyFigures(asSubsystem('health', { readings }), legend, 2);
    expect(figure).toMatchObject({ kind: 'aggregate', code: 'flow', value: 470, unit: 'veh/h' });
  });

  it('sum the violations of today, and leave those of the hour', () => {
    const readings = {
      'violations_day.red_light': { value: 3 },
      'violations_day.speeding': { value: 4 },
      'violations_hour.speeding': { value: 1 },
    };
    const figures = keyFigures(asSubsystem('health', { readings }), legend, 3);
    expect(figures.map(({ kind, value }) => [kind, value])).toEqual([['violations', 7]]);
  });

  it('do without a legend, in the order of codes', () => {
    const subsystem = asSubsystem('new', { indicators: { b: told(1), a: told(2), 'a@x': told(3, 'warning') } });
    expect(keyFigures(subsystem, undefined, 3).map(({ key }) => key)).toEqual(['a@x', 'a', 'b']);
    expect(inLegendOrder(subsystem.indicators, undefined).map(({ key }) => key)).toEqual(['a', 'a@x', 'b']);
  });
});

it('marks a ratio that came without its parts, unless the center made it', () => {
  const { indicators } = asSubsystem('health', {
    indicators: {
      bare: told(96),
      beds_ratio: told(96),
      'beds_ratio@a': told(96, 'ok', { numerator: 96, denominator: 100 }),
      'beds_ratio@b': told(96, 'ok', { computed: true }),
      'beds_ratio@c': untold,
    },
  });
  expect(indicators.filter((indicator) => isBare(indicator, legend)).map(({ key }) => key)).toEqual(['beds_ratio']);
});

it('judges a figure by the side of its target on which people want it', () => {
  expect(meetsTarget({ value: 95, target: 95, good: 'above' })).toBe(true);
  expect(meetsTarget({ value: 94.9, target: 95, good: 'above' })).toBe(false);
  expect(meetsTarget({ value: 0, target: 0, good: 'below' })).toBe(true);
  expect(meetsTarget({ value: 1, target: 0, good: 'below' })).toBe(false);
  expect(meetsTarget({ value: undefined, target: 0, good: 'below' })).toBeUndefined();
  expect(meetsTarget({ value: 1, target: undefined, good: 'below' })).toBeUndefined();
});

it('is as old as the newest figure', () => {
  const at = (minute: number) => `2026-11-23T10:0${minute}:00+07:00`;
  const subsystem = asSubsystem('health', {
    indicators: { a: told(1, 'ok', { observed_at: at(1) }), b: untold },
    readings: { flow: { value: 1, observed_at: at(3) } },
  });
  expect(newestFigure(subsystem)).toBe(Date.parse(at(3)));
  expect(newestFigure(asSubsystem('health', { indicators: { b: untold } }))).toBeUndefined();
});

it('reads a subsystem whatever it looks like', () => {
  for (const value of [undefined, 7, {}, { indicators: 'x', devices: [], names: 3 }, { indicators: { a: null } }]) {
    const subsystem = asSubsystem('odd', value);
    expect(subsystem.names).toEqual({ vi: 'odd', en: 'odd' });
    expect(subsystem.status).toBe('unknown');
  }
  expect(asSubsystem('x', { names: { vi: 'Y tế' } }).names.en).toBe('Y tế');
  expect(asSubsystem('x', { indicators: { 'a@b': {} } }).indicators[0]).toMatchObject({ code: 'a', scope: 'b' });
});
