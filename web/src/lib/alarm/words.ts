import type { Words } from '../i18n/words.svelte';
import type { Alarm } from './alarm';

/** The names that the live picture has for what an alarm is of. */
export interface Known {
  location?: string | undefined;
  device?: string | undefined;
  subsystem: string;
}

/**
 * An alarm in two short lines for where there is little room, so that neither hides the other: what,
 * and where. What has no short word is told by the alarm's own title.
 */
export function alarmWords(alarm: Alarm, words: Words, known: Known): { what: string; where: string } {
  const named = Object.hasOwn(words.d.reason, alarm.reason) || Object.hasOwn(words.d.incident, alarm.reason);
  const what = named
    ? words.of({ ...words.d.incident, ...words.d.reason }, alarm.reason)
    : alarm.title[words.language] || words.reason(alarm.reason);
  const place = known.location ?? alarm.location;
  if (place === '') return { what, where: known.device ?? known.subsystem };
  const device = alarm.count > 1 ? '' : beside(known.device ?? '', place);
  return { what, where: device === '' ? place : `${place}, ${device}` };
}

/** The name of a device without that of its place, which often begins it. */
function beside(device: string, place: string): string {
  return device.startsWith(place) ? device.slice(place.length).replace(/^[\s,–-]+/u, '') : device;
}
