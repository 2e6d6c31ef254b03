import type { Alarm, AlarmSeverity } from './alarm';
import { compareAlarms, hiddenAs } from './order';

/** Which alarms of those on the list a person wants to see. `closed` are no longer on it. */
export const VIEWS = ['todo', 'active', 'over', 'hidden', 'all', 'closed'] as const;
export type View = (typeof VIEWS)[number];

export interface Filter {
  view: View;
  severity: AlarmSeverity | '';
  area: string;
  subsystem: string;
  text: string;
}

export const NO_FILTER: Filter = { view: 'active', severity: '', area: '', subsystem: '', text: '' };

/** Letters without their marks, so that people may type "mat ket noi". */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .toLowerCase();
}

function inView(alarm: Alarm, view: View): boolean {
  const hidden = hiddenAs(alarm) !== undefined;
  switch (view) {
    case 'todo':
      return !hidden && !alarm.acknowledged;
    case 'active':
      return !hidden && alarm.active;
    case 'over':
      return !hidden && !alarm.active;
    case 'hidden':
      return hidden;
    case 'all':
    case 'closed':
      return true;
  }
}

/** The alarms that pass, in the order of the list. words tells what of an alarm can be searched. */
export function select(alarms: Iterable<Alarm>, filter: Filter, words: (alarm: Alarm) => string): Alarm[] {
  const parts = plain(filter.text).split(/\s+/u).filter(Boolean);
  return [...alarms]
    .filter((alarm) => {
      if (!inView(alarm, filter.view)) return false;
      if (filter.severity !== '' && alarm.severity !== filter.severity) return false;
      if (filter.area !== '' && alarm.area !== filter.area) return false;
      if (filter.subsystem !== '' && alarm.subsystem !== filter.subsystem) return false;
      if (parts.length === 0) return true;
      const text = plain(words(alarm));
      return parts.every((part) => text.includes(part));
    })
    .sort(compareAlarms);
}
