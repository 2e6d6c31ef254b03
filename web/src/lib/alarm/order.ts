import { compareText } from '../city/select';
import type { Alarm, AlarmGroup, AlarmSeverity } from './alarm';

/** Why an alarm is not on the active list, though it goes on being evaluated. */
export type Hidden = 'shelved' | 'suppressed' | 'out_of_service';

export function hiddenAs(alarm: Alarm): Hidden | undefined {
  if (alarm.shelvedUntil !== undefined) return 'shelved';
  if (alarm.outOfService) return 'out_of_service';
  return alarm.suppressed ? 'suppressed' : undefined;
}

export type HiddenCounts = Record<Hidden, number>;

export function countHidden(alarms: Iterable<Alarm>): HiddenCounts {
  const counts: HiddenCounts = { shelved: 0, suppressed: 0, out_of_service: 0 };
  for (const alarm of alarms) {
    const why = hiddenAs(alarm);
    if (why !== undefined) counts[why]++;
  }
  return counts;
}

/** Active, and nobody has said that they know: the only ones that flash. */
export function calls(alarm: Alarm): boolean {
  return alarm.active && !alarm.acknowledged && hiddenAs(alarm) === undefined;
}

// What nobody has taken on yet comes before what somebody works at, however bad that is: on a wall the
// end of the list is not seen, and what is known can bear that. What is over needs no more than a word.
function tier({ active, acknowledged }: Alarm): number {
  if (!active) return 2;
  return acknowledged ? 1 : 0;
}

function badness(severity: AlarmSeverity): number {
  return severity === 'critical' ? 0 : 1;
}

/** What nobody took on first; in it worst first, then those that were escalated, then the newest. */
export function compareAlarms(a: Alarm, b: Alarm): number {
  return (
    tier(a) - tier(b) ||
    badness(a.severity) - badness(b.severity) ||
    b.level - a.level ||
    (b.raisedAt ?? 0) - (a.raisedAt ?? 0) ||
    compareText(a.id, b.id)
  );
}

/** The alarms that are for people to see now, in the order in which they are looked at. */
export function listed(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].filter((alarm) => hiddenAs(alarm) === undefined).sort(compareAlarms);
}

export function compareGroups(a: AlarmGroup, b: AlarmGroup): number {
  return (
    Number(b.unacknowledged > 0) - Number(a.unacknowledged > 0) ||
    badness(a.severity) - badness(b.severity) ||
    b.devices - a.devices ||
    b.active - a.active ||
    (b.newest ?? 0) - (a.newest ?? 0) ||
    compareText(a.id, b.id)
  );
}

/** What the wall shows of alarms: in a flood, causes and areas in the place of single alarms. */
export type Board =
  | { mode: 'single'; alarms: Alarm[]; hidden: HiddenCounts }
  | { mode: 'flood'; groups: AlarmGroup[]; hidden: HiddenCounts };

// A flood without groups, as at the very first frame, is no reason to show nothing.
export function board(alarms: Iterable<Alarm>, groups: Iterable<AlarmGroup>, flooded: boolean): Board {
  const all = [...alarms];
  const hidden = countHidden(all);
  const causes = [...groups].filter((group) => group.active > 0 || group.unacknowledged > 0).sort(compareGroups);
  if (flooded && causes.length > 0) return { mode: 'flood', groups: causes, hidden };
  return { mode: 'single', alarms: listed(all), hidden };
}

/** Whether an alarm is one of those that a group stands for. */
export function inGroup(alarm: Alarm, group: Pick<AlarmGroup, 'reason' | 'area'>): boolean {
  return alarm.reason === group.reason && alarm.area === group.area && hiddenAs(alarm) === undefined;
}

export function countSeverities(alarms: readonly { severity: AlarmSeverity }[]): Record<AlarmSeverity, number> {
  const counts = { critical: 0, warning: 0 };
  for (const { severity } of alarms) counts[severity]++;
  return counts;
}

/** The letters that stand for a person where there is no room: Vietnamese names end with the given one. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@-]+/u)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase('vi-VN');
}
