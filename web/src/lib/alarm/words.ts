import type { Words } from '../i18n/words.svelte';
import type { Alarm } from './alarm';

/** The names that the live picture has for what an alarm is of. */
export interface Known {
  location?: string | undefined;
  subsystem: string;
}

const INCIDENT = 'incident.';

/** Reasons that say nothing of what they are about; the title does. */
const GENERAL = new Set(['above_limit', 'below_limit']);

/** What a reason is called, or undefined where the dictionaries have no word for it. */
export function reasonWord(reason: string, { d }: Words): string | undefined {
  const [words, code] = reason.startsWith(INCIDENT) ? [d.incident, reason.slice(INCIDENT.length)] : [d.reason, reason];
  return Object.hasOwn(words, code) ? (words as Readonly<Record<string, string>>)[code] : undefined;
}

/**
 * An alarm in two short lines for where there is little room, so that neither hides the other: what,
 * and where. Its title is "what: where"; what stands in the dictionary is shorter than what the title says.
 */
export function alarmWords(alarm: Alarm, words: Words, known: Known): { what: string; where: string } {
  const title = alarm.title[words.language];
  const colon = title.indexOf(': ');
  const said = colon < 0 ? title : title.slice(0, colon);
  const where = colon < 0 ? '' : title.slice(colon + 2);
  return {
    what: (!GENERAL.has(alarm.reason) && reasonWord(alarm.reason, words)) || said || words.reason(alarm.reason),
    where: where || (known.location ?? alarm.location) || known.subsystem,
  };
}
