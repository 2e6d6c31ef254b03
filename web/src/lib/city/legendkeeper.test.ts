import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Legend } from './legend';
import { LegendKeeper } from './legendkeeper';
import { asSubsystem } from './subsystem';

const health = { id: 'health', names: { vi: 'Y tế', en: 'Health' }, indicators: [{ code: 'visits' }] };
const parking = { id: 'parking', names: { vi: 'Bãi đỗ', en: 'Parking' }, aggregates: [{ name: 'taken' }] };
const entity = ({ id, names }: typeof health | typeof parking, more: object = {}) =>
  asSubsystem(id, { names, ...more });
const shown = entity(health, { indicators: { visits: { value: 1 }, 'visits@a': { value: 1 } } });

let answer: () => Promise<unknown>;
const load = vi.fn(() => answer());
let legend: Legend;
let keeper: LegendKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  load.mockClear();
  legend = new Map();
  answer = () => Promise.resolve({ subsystems: [health] });
  keeper = new LegendKeeper({ load, onLegend: (now) => (legend = now) });
});

afterEach(() => {
  keeper.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

it('loads once for each connection, in the order of the center', async () => {
  answer = () => Promise.resolve({ subsystems: [parking, health] });
  keeper.connected();
  await settle();
  expect([...legend.keys()]).toEqual(['parking', 'health']);
  keeper.check([shown]);
  await settle();
  expect(load).toHaveBeenCalledTimes(1);
  keeper.connected();
  await settle();
  expect(load).toHaveBeenCalledTimes(2);
});

it('loads again for a subsystem, an indicator, an aggregate or a name that it does not know', async () => {
  keeper.connected();
  await settle();
  const unknown = [
    entity(parking),
    entity(health, { indicators: { beds: {} } }),
    entity(parking, { readings: { taken: { value: 1 } } }),
    asSubsystem('health', { names: { vi: 'Y tế mới', en: 'Health' } }),
  ];
  for (const [i, subsystem] of unknown.entries()) {
    keeper.check([shown, subsystem]);
    await settle();
    expect(load).toHaveBeenCalledTimes(2 + i);
  }
});

it('does not ask again for what the center cannot name, until it connects anew', async () => {
  const nameless = entity(health, { indicators: { beds: {} } });
  keeper.connected();
  await settle();
  for (let i = 0; i < 5; i++) {
    keeper.check([nameless]);
    await settle();
  }
  expect(load).toHaveBeenCalledTimes(2);
  keeper.connected();
  keeper.check([nameless]);
  await settle();
  expect(load).toHaveBeenCalledTimes(4);
});

it('asks again after a failure, and keeps the names that it has', async () => {
  keeper.connected();
  await settle();
  answer = () => Promise.reject(new Error('down'));
  keeper.connected();
  await settle();
  expect(legend.has('health')).toBe(true);
  answer = () => Promise.resolve({ subsystems: [health, parking] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(legend.has('parking')).toBe(true);
  expect(load).toHaveBeenCalledTimes(3);
});

it('asks once more if something new appeared while an answer was under way', async () => {
  let give: (value: unknown) => void = () => undefined;
  answer = () => new Promise((resolve) => (give = resolve));
  keeper.connected();
  keeper.check([entity(parking)]);
  expect(load).toHaveBeenCalledTimes(1);
  answer = () => Promise.resolve({ subsystems: [health, parking] });
  give({ subsystems: [health] });
  await settle();
  expect(load).toHaveBeenCalledTimes(2);
  expect(legend.has('parking')).toBe(true);
});
