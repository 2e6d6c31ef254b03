import type { View } from '../../lib/alarm/filter';
import type { Day, Recurrence } from '../../lib/maintenance/rule';
import type { Phase, Scope } from '../../lib/maintenance/window';

/** What happens to an alarm, by the center's own words for it. */
export const TRANSITIONS = [
  'raised',
  'cleared',
  'worsened',
  'eased',
  'changed',
  'acknowledged',
  'ack_expired',
  'assigned',
  'commented',
  'shelved',
  'unshelved',
  'suppressed',
  'out_of_service',
  'returned',
  'flapping',
  'settled',
  'escalated',
  'closed',
] as const;
export type Transition = (typeof TRANSITIONS)[number];

/** What people do at the desk. */
export const DEEDS = ['acknowledge', 'assign', 'comment', 'shelve', 'unshelve', 'mute', 'plan', 'cancel'] as const;
export type Deed = (typeof DEEDS)[number];

/** The words of the desk in one language, beside those of the wall. */
export interface DeskDictionary {
  title: string;
  tabs: { alarms: string; maintenance: string };
  view: Record<View, string>;
  anySeverity: string;
  anyArea: string;
  anySubsystem: string;
  search: string;
  grouped: string;
  single: string;
  none: string;
  noneMatch: string;
  choose: string;
  chooseAll: (n: string) => string;
  chosen: (n: string) => string;
  unchoose: string;
  membersOf: (cause: string) => string;
  back: string;
  more: string;
  keys: string;
  deed: Record<Deed, string>;
  acknowledgeMany: (n: string) => string;
  busy: string;
  again: string;
  cancel: string;
  close: string;
  reason: string;
  optional: string;
  said: string;
  assignee: string;
  nobody: string;
  toMe: string;
  expiry: string;
  never: string;
  ends: (moment: string) => string;
  failed: {
    title: Record<Deed, string>;
    unreachable: string;
    timeout: string;
    said: (status: number, detail: string) => string;
    some: (done: string, failed: string) => string;
    list: string;
    story: string;
    figures: string;
  };
  done: (deed: string, n: string) => string;
  operator: { title: string; why: string; name: string; save: string; change: (name: string) => string; none: string };
  detail: {
    what: string;
    where: string;
    device: string;
    subsystem: string;
    contractor: string;
    since: string;
    over: string;
    closed: string;
    count: string;
    assignee: string;
    acknowledged: string;
    shelved: string;
    first: string;
    story: string;
    center: string;
    until: (moment: string) => string;
    suppressed: string;
    outOfService: string;
    id: string;
  };
  transition: Record<Transition, string>;
  figure: {
    title: string;
    chart: string;
    floodLine: (n: string) => string;
    mean: string;
    most: string;
    acknowledge: string;
    clear: string;
    median: (age: string) => string;
    standing: string;
    flood: string;
    worst: string;
    none: string;
    times: (n: string) => string;
    at: (n: string, moment: string) => string;
  };
  maintenance: {
    phase: Record<Phase, string>;
    scope: Record<Scope, string>;
    none: string;
    plan: string;
    muteOne: string;
    title: string;
    what: string;
    which: string;
    find: string;
    start: string;
    now: string;
    length: string;
    lastDay: string;
    muted: string;
    by: (who: string) => string;
    cancelled: string;
    next: (moment: string) => string;
    every: Record<Recurrence['every'], string>;
    weekday: Record<Day, string>;
    nth: Record<'1' | '2' | '3' | '4' | '-1', string>;
    dayOfMonth: string;
    said: (recurrence: Recurrence, until: string) => string;
    rule: (rule: string) => string;
    noDays: string;
    backwards: string;
    note: string;
  };
}
