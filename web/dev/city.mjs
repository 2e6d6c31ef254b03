// A made-up picture of the demonstration city for the mock server, with faults to order.
import { parse } from './csv.mjs';
import { subsystems } from './subsystems.mjs';

const INVENTORY = new URL('../../internal/simulator/vietri/inventory.csv', import.meta.url);
const STATUSES = ['critical', 'warning', 'stale', 'unknown', 'maintenance', 'ok'];

/** What can be wrong with a camera: its status, its reason, and the facets that are not ok. */
const FAULTS = [
  ['critical', 'offline', { link: 'critical' }],
  ['critical', 'no_stream', { link: 'critical' }],
  ['critical', 'obscured', { image: 'critical' }],
  ['critical', 'not_recording', { recording: 'critical' }],
  ['critical', 'frozen', { image: 'critical' }],
  ['warning', 'low_fps', { image: 'warning' }],
  ['warning', 'clock_drift', { image: 'warning' }],
  ['warning', 'retention_short', { recording: 'warning' }],
  ['warning', 'defocus', { image: 'warning' }],
  ['stale', 'silent', { link: 'stale', recording: 'stale', image: 'stale' }],
  ['unknown', 'parent_down', { link: 'unknown', recording: 'unknown', image: 'unknown' }],
  ['maintenance', 'planned_maintenance', { link: 'maintenance' }],
];

/** The same for what is no camera. */
const OTHER_FAULTS = [
  ['critical', 'offline', { link: 'critical' }],
  ['warning', 'low_battery', { link: 'ok' }],
  ['stale', 'silent', { link: 'stale' }],
];

const INCIDENTS = [
  ['accident', 'critical', 'Va chạm giữa ô tô và xe máy, một làn bị chặn'],
  ['congestion', 'major', 'Dòng xe kéo dài khoảng 400 m về phía trung tâm'],
  ['roadworks', 'minor', 'Sửa mặt đường, thu hẹp một làn'],
  ['breakdown', 'minor', 'Xe tải hỏng bên lề phải'],
  ['flooding', 'major', 'Nước sâu 20 cm sau mưa lớn'],
];

/** Random numbers that are the same every time. */
function seeded(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return seed / 2 ** 32;
  };
}

export class MockCity {
  entities = new Map();
  #random = seeded(7);

  /** faulty is how many cameras of a hundred are not well; copies multiplies the cameras. */
  constructor({ faulty, stale = false, incidents = 0, copies = 1, figures = 'usual' }) {
    this.figures = stale ? 'stale' : figures;
    const rows = parse(INVENTORY);
    for (const { id, name } of rows.filter((r) => r.type === 'area')) this.entities.set(`area/${id}`, { id, name });
    for (const row of rows.filter((r) => r.type === 'location')) this.#addLocation(row);
    for (let copy = 0; copy < copies; copy++) {
      for (const row of rows.filter((r) => r.type === 'device')) {
        this.#addDevice(copy === 0 ? row : { ...row, id: `${row.id}-${copy}` });
      }
    }
    for (const key of this.keys('device/')) {
      if (stale) this.fault(key, isCamera(this.entities.get(key)) ? 9 : 2, 60_000 + this.#random() * 240_000);
      else if (this.#random() * 100 < faulty)
        this.fault(key, this.#pick(this.#faults(key).length), this.#random() ** 3 * 3e7);
    }
    for (let i = 0; i < incidents; i++) this.#addIncident(i);
    this.count();
    this.#addSubsystems();
  }

  keys(prefix) {
    return [...this.entities.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Gives a camera a fault that began so many ms ago, or with none mends it. */
  fault(key, which, ago = 0) {
    const [status, reason, bad] = which === undefined ? ['ok', '', {}] : this.#faults(key)[which];
    const device = this.entities.get(key);
    const since = new Date(Date.now() - ago).toISOString();
    const facets = { link: 'ok', ...(isCamera(device) && { recording: 'ok', image: 'ok' }), ...bad };
    this.entities.set(key, { ...device, status, reason, since, facets });
  }

  /** Counts again what is made of devices. */
  count() {
    const all = Object.fromEntries(STATUSES.map((s) => [s, 0]));
    const byLocation = new Map(this.keys('location/').map((key) => [key, { ...all }]));
    for (const key of this.keys('device/')) {
      const device = this.entities.get(key);
      byLocation.get(`location/${device.location}`)[device.status]++;
      all[device.status]++;
    }
    for (const [key, devices] of byLocation) {
      this.entities.set(key, { ...this.entities.get(key), devices, status: worst(devices) });
    }
    this.entities.set('city', { status: worst(all), devices: all, alarms: {}, observations_per_s: 38.4 });
  }

  /** Something small happens; returns the keys that changed. */
  breathe() {
    const devices = this.keys('device/');
    const key = devices[this.#pick(devices.length)];
    const device = this.entities.get(key);
    const now = new Date().toISOString();
    this.entities.set(key, { ...device, observed_at: now, received_at: now });
    const place = `location/${device.location}`;
    const location = this.entities.get(place);
    this.entities.set(place, { ...location, readings: this.#traffic() });
    return [key, place];
  }

  #faults(key) {
    return isCamera(this.entities.get(key)) ? FAULTS : OTHER_FAULTS;
  }

  #addSubsystems() {
    const devicesOf = (id) => {
      const counts = Object.fromEntries(STATUSES.map((s) => [s, 0]));
      for (const key of this.keys('device/')) {
        const device = this.entities.get(key);
        if (device.subsystem === id) counts[device.status]++;
      }
      return counts;
    };
    for (const entity of subsystems(this.figures, devicesOf, this.#random)) {
      this.entities.set(`subsystem/${entity.id}`, entity);
    }
  }

  #pick(n) {
    return Math.floor(this.#random() * n);
  }

  #traffic() {
    const observed_at = new Date(Date.now() - this.#random() * 20_000).toISOString();
    return {
      vehicle_flow: { value: Math.round(80 + this.#random() * 900), unit: 'veh/h', observed_at, status: 'ok' },
      speed: { value: 18 + this.#random() * 30, unit: 'km/h', observed_at, status: 'ok' },
    };
  }

  #addLocation({ id, name, area, lat, lon }) {
    const location = { id, name, area, lat: Number(lat), lon: Number(lon), status: 'ok', devices: {} };
    this.entities.set(`location/${id}`, { ...location, readings: this.#traffic() });
  }

  #addDevice({ id, name, location, subsystem, kind }) {
    const at = new Date(Date.now() - this.#random() * 40_000).toISOString();
    const fps = { value: 24.9, unit: 'fps', observed_at: at, status: 'ok' };
    const readings = isCamera({ kind }) ? { fps } : {};
    const device = { id, name, location, subsystem, kind, observed_at: at, received_at: at, readings };
    this.entities.set(`device/${id}`, device);
    this.fault(`device/${id}`, undefined, 9e7);
  }

  #addIncident(i) {
    const [type, severity, description] = INCIDENTS[i % INCIDENTS.length];
    const started_at = new Date(Date.now() - (4 + 17 * i) * 60_000).toISOString();
    const location = `loc-${String(3 + 11 * i).padStart(3, '0')}`;
    const subsystem = 'trafficsafety';
    const event = {
      id: `inc-${i}`,
      subsystem,
      kind: 'incident',
      type,
      severity,
      description,
      phase: 'started',
      location,
    };
    this.entities.set(`event/inc-${i}`, { ...event, started_at, updated_at: started_at });
  }
}

function isCamera({ kind }) {
  return kind.startsWith('camera');
}

function worst(counts) {
  return STATUSES.find((status) => counts[status] > 0) ?? 'unknown';
}
