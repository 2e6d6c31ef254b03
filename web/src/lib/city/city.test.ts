import { expect, it } from 'vitest';
import { City } from './city.svelte';

function device(id: string, status = 'ok', location = 'loc-1') {
  return { key: `device/${id}`, value: { id, name: id, location, kind: 'camera.ptz', status } };
}

it('holds what a snapshot says, and forgets what it does not', () => {
  const city = new City();
  city.apply({ reset: true, changes: [device('a'), device('b'), { key: 'city', value: { devices: { ok: 2 } } }] });
  city.apply({ reset: true, changes: [device('b', 'critical')] });
  expect([...city.devices.keys()]).toEqual(['b']);
  expect(city.devices.get('b')?.status).toBe('critical');
  expect(city.wide).toBeUndefined();
});

it('removes an entity whose value is null', () => {
  const city = new City();
  city.apply({ reset: false, changes: [{ key: 'event/e1', value: { type: 'fire', phase: 'started' } }] });
  expect(city.events.size).toBe(1);
  city.apply({ reset: false, changes: [{ key: 'event/e1', value: null }] });
  expect(city.events.size).toBe(0);
});

it('never takes an entity for well that does not say so', () => {
  const city = new City();
  city.apply({ reset: false, changes: [{ key: 'device/a', value: { status: 'splendid' } }] });
  city.apply({ reset: false, changes: [{ key: 'location/l', value: {} }] });
  expect(city.devices.get('a')?.status).toBe('unknown');
  expect(city.locations.get('l')?.status).toBe('unknown');
});

it('counts apart what redraws everything, what rearranges and what only changes a value', () => {
  const city = new City();
  city.apply({ reset: true, changes: [device('a')] });
  const { structure, statuses, version } = city;
  city.apply({ reset: false, changes: [device('a')] });
  expect([city.structure, city.statuses, city.version]).toEqual([structure, statuses, version + 1]);
  city.apply({ reset: false, changes: [device('a', 'warning')] });
  expect([city.structure, city.statuses]).toEqual([structure, statuses + 1]);
  city.apply({ reset: false, changes: [device('a', 'warning', 'loc-2')] });
  expect(city.structure).toBe(structure + 1);
});

it('learns the civic zone from the times of the system', () => {
  const city = new City();
  expect(city.zone).toBe(420);
  city.apply({ reset: true, changes: [{ key: 'system', value: { since: '2026-11-23T10:00:00+08:00' } }] });
  expect(city.zone).toBe(480);
});

it('ignores keys of kinds that it does not show', () => {
  const city = new City();
  city.apply({ reset: true, changes: [{ key: 'weather/today', value: {} }] });
  expect(city.version).toBe(1);
});
