import { describe, expect, it } from 'vitest';
import { cameraGroups, countCameras } from './cameras';
import { asDevice, asIncident, asLocation } from './entity';
import { countRows, isNew, openIncidents, traffic, worstFirst } from './select';

const at = (minute: number) => `2026-11-23T10:${String(minute).padStart(2, '0')}:00+07:00`;

function device(id: string, location: string, status: string, since = 0, reason = '') {
  return asDevice(id, { location, status, reason, since: at(since), kind: 'camera.overview' });
}

function location(id: string, status: string, devices: object = {}, readings: object = {}) {
  return asLocation(id, { status, devices, readings, name: id, area: 'a', lat: 21.3, lon: 105.4 });
}

describe('the list of locations', () => {
  const locations = [
    location('fine', 'ok', { ok: 2 }),
    location('warned', 'warning', { warning: 1 }),
    location('old', 'critical', { critical: 1 }),
    location('new', 'critical', { critical: 1, warning: 1 }),
    location('worst', 'critical', { critical: 2 }),
    location('silent', 'stale', { stale: 1 }),
  ];
  const devices = [
    device('d1', 'warned', 'warning', 30, 'low_fps'),
    device('d2', 'old', 'critical', 1, 'offline'),
    device('d3', 'new', 'warning', 40, 'moved'),
    device('d4', 'new', 'critical', 20, 'frozen'),
    device('d5', 'worst', 'critical', 2, 'power'),
    device('d6', 'worst', 'critical', 3, 'offline'),
    device('d7', 'silent', 'stale', 50, 'silent'),
    device('d8', 'fine', 'ok'),
  ];
  const rows = worstFirst(locations, devices);

  it('is worst first: by status, by how many are critical, then the newest', () => {
    expect(rows.map((row) => row.location.id)).toEqual(['worst', 'new', 'old', 'warned', 'silent', 'fine']);
  });

  it('gives the reason of the worst device and counts the others', () => {
    expect(rows[1]?.worst?.reason).toBe('frozen');
    expect(rows[1]?.others).toBe(1);
    expect(rows.at(-1)?.worst).toBeUndefined();
  });

  it('counts what does not fit by status', () => {
    expect(countRows(rows.slice(2))).toMatchObject({ critical: 1, warning: 1, stale: 1, ok: 1 });
  });
});

it('shows incidents that go on, gravest first, the newest first among equals', () => {
  const incident = (id: string, phase: string, severity: string, minute: number) =>
    asIncident(id, { kind: 'incident', phase, severity, started_at: at(minute) });
  const open = openIncidents([
    incident('minor', 'started', 'minor', 9),
    incident('over', 'ended', 'critical', 9),
    incident('instant', 'instant', 'critical', 9),
    incident('earlier', 'updated', 'critical', 1),
    incident('later', 'started', 'critical', 5),
  ]);
  expect(open.map((e) => e.id)).toEqual(['later', 'earlier', 'minor']);
});

it('names what is grave of any subsystem, and leaves detections and the cases of citizens to figures', () => {
  const event = (id: string, subsystem: string, kind: string, severity: string, more: object = {}) =>
    asIncident(id, { subsystem, kind, severity, phase: 'started', started_at: at(1), ...more });
  const open = openIncidents([
    event('street', 'trafficsafety', 'incident', 'minor'),
    event('person', 'trafficsafety', 'frigate', ''),
    event('pothole', 'citizenfeedback', 'event', 'major'),
    event('phishing', 'infosecurity', 'event', 'minor'),
    event('breach', 'infosecurity', 'event', 'critical'),
    event('outbreak', 'health', 'event', 'major'),
    event('late', 'infosecurity', 'event', 'major', { overdue: true, started_at: at(0) }),
  ]);
  expect(open.map((e) => e.id)).toEqual(['breach', 'late', 'outbreak', 'street']);
});

it('sums traffic over what counts now, and weighs speed by vehicles', () => {
  const reading = (value: number, status = 'ok') => ({ value, unit: '', observed_at: at(1), status });
  const now = traffic([
    location('a', 'ok', {}, { vehicle_flow: reading(300), speed: reading(40) }),
    location('b', 'ok', {}, { vehicle_flow: reading(100), speed: reading(20) }),
    location('c', 'ok', {}, { vehicle_flow: reading(999, 'stale'), speed: reading(90, 'stale') }),
    location('d', 'ok', {}, { vehicle_flow: reading(50) }),
  ]);
  expect(now).toEqual({ flow: 450, speed: 35, counting: 3, observedAt: Date.parse(at(1)) });
});

it('marks only critical faults as new, and only for a minute', () => {
  const since = Date.parse(at(5));
  expect(isNew(device('d', 'l', 'critical', 5), since + 59_000)).toBe(true);
  expect(isNew(device('d', 'l', 'critical', 5), since + 61_000)).toBe(false);
  expect(isNew(device('d', 'l', 'warning', 5), since)).toBe(false);
  expect(isNew(device('d', 'l', 'critical', 5), undefined)).toBe(false);
});

it('counts cameras apart from other devices', () => {
  const gauge = asDevice('g1', { kind: 'gauge.river', status: 'critical' });
  const counts = countCameras([device('c1', 'y', 'ok'), device('c2', 'y', 'critical'), gauge]);
  expect(counts).toMatchObject({ ok: 1, critical: 1 });
});

it('groups cameras by area and orders them by location', () => {
  const devices = [device('c2', 'y', 'ok'), device('c1', 'z', 'ok'), device('c3', 'y', 'ok')];
  const sensor = asDevice('s1', { location: 'y', kind: 'sensor' });
  const groups = cameraGroups(
    new Map([...devices, sensor].map((d) => [d.id, d])),
    new Map(['y', 'z'].map((id) => [id, location(id, 'ok')])),
    new Map([['a', { id: 'a', name: 'Phường Vân Phú' }]]),
  );
  expect(groups).toEqual([{ id: 'a', label: 'Vân Phú', members: ['c2', 'c3', 'c1'] }]);
});
