import { SvelteMap } from 'svelte/reactivity';
import { asAlarm, asGroup, NO_FLOOD, type Alarm, type AlarmGroup } from '../alarm/alarm';
import { asWindow, type Window } from '../maintenance/window';
import { keysOf, type Patch } from '../stream/follow';
import {
  asArea,
  asCityWide,
  asDevice,
  asIncident,
  asLocation,
  asSystem,
  type Area,
  type Channel,
  type CityWide,
  type Device,
  type Incident,
  type Location,
} from './entity';
import { NO_LEGEND, type Legend } from './legend';
import type { Status } from './status';
import { asSubsystem, type Subsystem } from './subsystem';
import { DEFAULT_OFFSET, offsetOf } from '../time/civic';

/**
 * The live picture. Each entity is a signal of its own, so that a frame of changes redraws what it
 * changed and nothing else; a frame is applied in one go, and the page is drawn once after it.
 *
 * What is made of many entities must not depend on each of them: it reads one of the counters
 * below, and the entities untracked.
 */
export class City {
  /** Grows with every frame. */
  version = $state(0);
  /** Grows when entities come, go or move. */
  structure = $state(0);
  /** Grows when the status of a device or a location changes. */
  statuses = $state(0);
  /** Grows when alarms or their groups come, go or change. */
  alarming = $state(0);

  readonly locations = new SvelteMap<string, Location>();
  readonly devices = new SvelteMap<string, Device>();
  readonly areas = new SvelteMap<string, Area>();
  readonly events = new SvelteMap<string, Incident>();
  readonly subsystems = new SvelteMap<string, Subsystem>();
  readonly alarms = new SvelteMap<string, Alarm>();
  readonly groups = new SvelteMap<string, AlarmGroup>();
  readonly windows = new SvelteMap<string, Window>();
  /** The names of what subsystems measure; it comes after the picture, and is never waited for. */
  legend = $state.raw<Legend>(NO_LEGEND);
  wide = $state.raw<CityWide | undefined>(undefined);
  readonly flood = $derived(this.wide?.flood ?? NO_FLOOD);
  channels = $state.raw<readonly Channel[]>([]);
  /** The civic zone's offset from UTC in minutes. */
  zone = $state(DEFAULT_OFFSET);

  apply(patch: Patch): void {
    if (patch.reset) this.#retain(keysOf(patch));
    for (const { key, value } of patch.changes) this.#put(key, value);
    this.version++;
  }

  // Entities that a snapshot names again are overwritten, not removed first: the wall never blinks.
  #retain(keys: ReadonlySet<string>): void {
    for (const [kind, map] of this.#maps()) {
      for (const id of [...map.keys()]) {
        if (keys.has(`${kind}/${id}`)) continue;
        map.delete(id);
        this.structure++;
        this.alarming++;
      }
    }
    if (!keys.has('city')) this.wide = undefined;
  }

  #maps(): [string, Pick<Map<string, unknown>, 'keys' | 'delete'>][] {
    return [
      ['location', this.locations],
      ['device', this.devices],
      ['area', this.areas],
      ['event', this.events],
      ['subsystem', this.subsystems],
      ['alarm', this.alarms],
      ['alarmgroup', this.groups],
      ['window', this.windows],
    ];
  }

  #put(key: string, value: unknown): void {
    const slash = key.indexOf('/');
    const kind = slash < 0 ? key : key.slice(0, slash);
    const id = key.slice(slash + 1);
    switch (kind) {
      case 'city':
        this.wide = value === null ? undefined : asCityWide(value);
        break;
      case 'system':
        this.#system(value);
        break;
      case 'location':
        this.#note(this.locations.get(id), put(this.locations, id, value, asLocation), sameLocation);
        break;
      case 'device':
        this.#note(this.devices.get(id), put(this.devices, id, value, asDevice), sameDevice);
        break;
      case 'area':
        put(this.areas, id, value, asArea);
        this.structure++;
        break;
      case 'event':
        put(this.events, id, value, asIncident);
        break;
      case 'subsystem':
        put(this.subsystems, id, value, asSubsystem);
        break;
      case 'alarm':
        put(this.alarms, id, value, asAlarm);
        this.alarming++;
        break;
      case 'alarmgroup':
        put(this.groups, id, value, asGroup);
        this.alarming++;
        break;
      case 'window':
        put(this.windows, id, value, asWindow);
        break;
    }
  }

  // The system's own times are written in the civic zone, and so tell it.
  #system(value: unknown): void {
    const system = asSystem(value);
    this.zone = offsetOf(system.since) ?? this.zone;
    this.channels = system.channels;
  }

  #note<T extends { status: Status }>(old: T | undefined, now: T | undefined, same: (a: T, b: T) => boolean): void {
    if (old === undefined || now === undefined) {
      if (old !== now) this.structure++;
      return;
    }
    if (!same(old, now)) this.structure++;
    if (old.status !== now.status) this.statuses++;
  }
}

function put<T>(
  map: Map<string, T>,
  id: string,
  value: unknown,
  read: (id: string, value: unknown) => T,
): T | undefined {
  if (value === null) {
    map.delete(id);
    return undefined;
  }
  const entity = read(id, value);
  map.set(id, entity);
  return entity;
}

function sameDevice(a: Device, b: Device): boolean {
  return a.location === b.location && a.kind === b.kind;
}

function sameLocation(a: Location, b: Location): boolean {
  return a.lat === b.lat && a.lon === b.lon && a.area === b.area && a.name === b.name;
}
