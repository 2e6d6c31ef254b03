import { number, raw, text, time, type Names } from '../city/raw';

/** Alarms as the stream and the HTTP interface write them. Times are ms since 1970. */

export type AlarmSeverity = 'critical' | 'warning';

export interface Alarm {
  id: string;
  key: string;
  location: string;
  area: string;
  device: string;
  subsystem: string;
  contractor: string;
  severity: AlarmSeverity;
  active: boolean;
  reason: string;
  /** What and where; empty where the center has no words. */
  title: Names;
  /** What to do first. */
  advice: Names;
  /** Devices that it stands for. */
  count: number;
  children: number;
  occurrences: number;
  since: number | undefined;
  raisedAt: number | undefined;
  clearedAt: number | undefined;
  acknowledged: boolean;
  acknowledgedBy: string;
  acknowledgedAt: number | undefined;
  /** Undefined: for good. */
  acknowledgedUntil: number | undefined;
  assignee: string;
  comment: string;
  shelvedUntil: number | undefined;
  shelvedBy: string;
  shelvedFor: string;
  suppressed: boolean;
  outOfService: boolean;
  flapping: boolean;
  /** Of escalation; 0: not escalated. */
  level: number;
}

/** How many alarms there are at a place or of a subsystem. */
export interface AlarmCounts {
  active: number;
  unacknowledged: number;
  critical: number;
}

/** Alarms of one cause in one area. */
export interface AlarmGroup {
  id: string;
  reason: string;
  area: string;
  severity: AlarmSeverity;
  /** On the list: those that go on, and those that are over and not acknowledged. */
  alarms: number;
  active: number;
  unacknowledged: number;
  devices: number;
  since: number | undefined;
  newest: number | undefined;
  title: Names;
}

/** More new alarms than people can look at one by one. */
export interface Flood {
  active: boolean;
  since: number | undefined;
  newInTenMinutes: number;
}

export const NO_FLOOD: Flood = { active: false, since: undefined, newInTenMinutes: 0 };

/** Where the center has no words, both are empty: then what is shown is made of the reason. */
function words(value: unknown): Names {
  const vi = text(raw(value)['vi']);
  const en = text(raw(value)['en']);
  return { vi: vi || en, en: en || vi };
}

function whole(value: unknown): number {
  return Math.max(0, Math.round(number(value) ?? 0));
}

// What is not known to be a warning is critical: nothing is made harmless by a word that is new.
function severity(value: unknown): AlarmSeverity {
  return value === 'warning' ? 'warning' : 'critical';
}

export function asAlarm(id: string, value: unknown): Alarm {
  const v = raw(value);
  return {
    id,
    key: text(v['key']),
    location: text(v['location']),
    area: text(v['area']),
    device: text(v['device']),
    subsystem: text(v['subsystem']),
    contractor: text(v['contractor']),
    severity: severity(v['severity']),
    active: v['state'] !== 'cleared',
    reason: text(v['reason']),
    title: words(v['title']),
    advice: words(v['advice']),
    count: whole(v['count']),
    children: whole(v['children']),
    occurrences: whole(v['occurrences']),
    since: time(v['since']) ?? time(v['raised_at']),
    raisedAt: time(v['raised_at']),
    clearedAt: time(v['cleared_at']),
    acknowledged: v['acknowledged'] === true,
    acknowledgedBy: text(v['acknowledged_by']),
    acknowledgedAt: time(v['acknowledged_at']),
    acknowledgedUntil: time(v['acknowledged_until']),
    assignee: text(v['assignee']),
    comment: text(v['comment']),
    shelvedUntil: time(v['shelved_until']),
    shelvedBy: text(v['shelved_by']),
    shelvedFor: text(v['shelved_for']),
    suppressed: v['suppressed'] === true,
    outOfService: v['out_of_service'] === true,
    flapping: v['flapping'] === true,
    level: whole(v['level']),
  };
}

export function asGroup(id: string, value: unknown): AlarmGroup {
  const v = raw(value);
  return {
    id,
    reason: text(v['reason']),
    area: text(v['area']),
    severity: severity(v['severity']),
    alarms: whole(v['alarms']),
    active: whole(v['active']),
    unacknowledged: whole(v['unacknowledged']),
    devices: whole(v['devices']),
    since: time(v['since']),
    newest: time(v['newest']),
    title: words(v['title']),
  };
}

/** Undefined where the center does not count alarms. */
export function asAlarmCounts(value: unknown): AlarmCounts | undefined {
  const v = raw(value);
  if (number(v['active']) === undefined) return undefined;
  return { active: whole(v['active']), unacknowledged: whole(v['unacknowledged']), critical: whole(v['critical']) };
}

export function asFlood(value: unknown): Flood {
  const v = raw(value);
  return { active: v['active'] === true, since: time(v['since']), newInTenMinutes: whole(v['new_10min']) };
}
