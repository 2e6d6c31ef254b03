import type { Alarm } from '../lib/alarm/alarm';
import { list, raw, text } from '../lib/city/raw';

/** How what people do is asked of the center. */

export const MOST_AT_ONCE = 1000;

export interface Details {
  reason: string;
  assignee: string;
  /** After how many minutes it expires; 0: never. */
  minutes: number;
}

export type AlarmDeed = 'acknowledge' | 'assign' | 'comment' | 'shelve' | 'unshelve';

/** What is said of one alarm. Fields that a deed does not have are left out. */
export function bodyOf(deed: AlarmDeed, { reason, assignee, minutes }: Details): object {
  const why = reason.trim() === '' ? {} : { reason: reason.trim() };
  switch (deed) {
    case 'acknowledge':
    case 'shelve':
      return minutes > 0 ? { ...why, minutes } : why;
    case 'assign':
      return { ...why, assignee: assignee.trim() };
    case 'comment':
    case 'unshelve':
      return why;
  }
}

/** Several alarms are acknowledged by those that were on the screen, and so many at once. */
export function batches(alarms: readonly Alarm[]): string[][] {
  const ids = alarms.map(({ id }) => id);
  const all: string[][] = [];
  for (let i = 0; i < ids.length; i += MOST_AT_ONCE) all.push(ids.slice(i, i + MOST_AT_ONCE));
  return all;
}

/** How many of several were acknowledged, and how many were not. */
export function outcomes(answer: unknown): { done: number; failed: number } {
  const all = list(raw(answer)['items']).map((item) => text(raw(item)['outcome']));
  const done = all.filter((outcome) => outcome === 'done' || outcome === 'repeated').length;
  return { done, failed: all.length - done };
}

/** Whether a deed makes sense for an alarm as it is. */
export function possible(deed: AlarmDeed, alarm: Alarm, onList: boolean): boolean {
  if (!onList) return false;
  if (deed === 'acknowledge') return !alarm.acknowledged;
  if (deed === 'shelve') return alarm.shelvedUntil === undefined;
  if (deed === 'unshelve') return alarm.shelvedUntil !== undefined;
  return true;
}
