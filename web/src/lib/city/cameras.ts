import type { CellGroup } from './cells';
import type { Area, Device, Location } from './entity';
import { compareDevices, compareText } from './select';
import { noCounts, type Counts } from './status';

export function isCamera(device: Device): boolean {
  return device.kind === 'camera' || device.kind.startsWith('camera.');
}

export function countCameras(devices: Iterable<Device>): Counts {
  const counts = noCounts();
  for (const device of devices) if (isCamera(device)) counts[device.status]++;
  return counts;
}

/** Names of units without the word for what kind of unit they are, for narrow columns. */
export function shortAreaName(name: string): string {
  return name.replace(/^(Phường|Xã|Thị trấn|Đặc khu)\s+/u, '');
}

/** Cameras by area, and in it by location: neighbours on the street are neighbours on the wall. */
export function cameraGroups(
  devices: ReadonlyMap<string, Device>,
  locations: ReadonlyMap<string, Location>,
  areas: ReadonlyMap<string, Area>,
): CellGroup[] {
  const byArea = new Map<string, Device[]>();
  for (const device of devices.values()) {
    if (!isCamera(device)) continue;
    const area = locations.get(device.location)?.area ?? '';
    const list = byArea.get(area);
    if (list) list.push(device);
    else byArea.set(area, [device]);
  }
  return [...byArea]
    .map(([id, list]) => ({
      id,
      label: shortAreaName(areas.get(id)?.name ?? id),
      members: list
        .sort((a, b) => compareText(a.location, b.location) || compareText(a.id, b.id))
        .map((device) => device.id),
    }))
    .sort((a, b) => b.members.length - a.members.length || compareText(a.id, b.id));
}

export function worstDevicesFirst(ids: readonly string[], devices: ReadonlyMap<string, Device>): string[] {
  return ids
    .map((id) => devices.get(id))
    .filter((device) => device !== undefined)
    .sort(compareDevices)
    .map((device) => device.id);
}

/** When the center last heard of any of the devices, ms since 1970. */
export function newestReceived(devices: Iterable<Device>): number | undefined {
  let newest: number | undefined;
  for (const { receivedAt } of devices) {
    if (receivedAt !== undefined && !(newest !== undefined && newest >= receivedAt)) newest = receivedAt;
  }
  return newest;
}
