import type { Alarm, AlarmGroup } from '../lib/alarm/alarm';
import { compareGroups, inGroup } from '../lib/alarm/order';

/** One line of the desk's list: an alarm, or in a flood a cause with its alarms. */
export type Line =
  { kind: 'alarm'; id: string; alarm: Alarm } | { kind: 'group'; id: string; group: AlarmGroup; members: Alarm[] };

export function alarmLines(alarms: readonly Alarm[]): Line[] {
  return alarms.map((alarm) => ({ kind: 'alarm', id: alarm.id, alarm }));
}

/** The causes of what passed the filter, each with those alarms of it that did; none without any. */
export function groupLines(groups: Iterable<AlarmGroup>, alarms: readonly Alarm[]): Line[] {
  const byCause = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const cause = `${alarm.reason} ${alarm.area}`;
    const members = byCause.get(cause);
    if (members) members.push(alarm);
    else byCause.set(cause, [alarm]);
  }
  const lines: Line[] = [];
  for (const group of [...groups].sort(compareGroups)) {
    const members = (byCause.get(`${group.reason} ${group.area}`) ?? []).filter((alarm) => inGroup(alarm, group));
    if (members.length > 0) lines.push({ kind: 'group', id: group.id, group, members });
  }
  return lines;
}

/** What can be acknowledged of some alarms: nothing twice. */
export function waiting(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].filter((alarm) => !alarm.acknowledged);
}

/** Whether an alarm is in the list, by itself or with its cause. */
export function shows(lines: readonly Line[], id: string): boolean {
  return lines.some((line) => (line.kind === 'alarm' ? line.id === id : line.members.some((alarm) => alarm.id === id)));
}

/** The alarm below one in the list, if there is one. */
export function below(lines: readonly Line[], id: string): Alarm | undefined {
  const line = lines[lines.findIndex((each) => each.kind === 'alarm' && each.id === id) + 1];
  return line?.kind === 'alarm' && shows(lines, id) ? line.alarm : undefined;
}

/** The line beside the one with an id, for the arrow keys: the first where there is none. */
export function beside(lines: readonly Line[], id: string | undefined, by: 1 | -1): Line | undefined {
  const at = lines.findIndex((line) => line.id === id);
  if (at < 0) return by > 0 ? lines[0] : lines.at(-1);
  return lines[Math.max(0, Math.min(lines.length - 1, at + by))];
}
