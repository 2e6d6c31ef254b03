import { list, names, number, raw, text, time, type Names } from '../lib/city/raw';
import { queryText } from '../lib/http/api';
import { toRFC3339 } from '../lib/time/local';
import type { JobState } from './words';
import { STATES } from './words';

/** What can be reported on, and what is being made, as the center says it. */

export interface Parameter {
  key: string;
  names: Names;
  type: string;
  default: string;
  choices: { value: string; names: Names }[];
}

export interface Kind {
  id: string;
  names: Names;
  doc: Names;
  /** That its period may be, in ms. */
  longest: number;
  formats: string[];
  parameters: Parameter[];
}

export function asKind(value: unknown): Kind {
  const v = raw(value);
  const id = text(v['id']);
  return {
    id,
    names: names(v['names'], id),
    doc: names(v['doc'], ''),
    longest: 1000 * (number(v['longest_s']) ?? Infinity),
    formats: list(v['formats']).map(text),
    parameters: list(v['parameters']).map(asParameter),
  };
}

function asParameter(value: unknown): Parameter {
  const v = raw(value);
  const key = text(v['key']);
  return {
    key,
    names: names(v['names'], key),
    type: text(v['type']),
    default: text(v['default']),
    choices: list(v['choices'])
      .map(raw)
      .map((choice) => ({ value: text(choice['value']), names: names(choice['names'], text(choice['value'])) })),
  };
}

export interface Job {
  id: string;
  report: string;
  from: number | undefined;
  to: number | undefined;
  format: string;
  lang: string;
  schedule: string;
  state: JobState;
  /** 0 to 1 */
  progress: number;
  doing: Names | undefined;
  error: string;
  createdAt: number | undefined;
  /** Where the result is; empty while there is none. */
  href: string;
  sentTo: string;
}

export function asJob(value: unknown): Job {
  const v = raw(value);
  const state = STATES.find((name) => name === v['state']);
  const delivery = raw(v['delivery']);
  return {
    id: text(v['id']),
    report: text(v['report']),
    from: time(v['from']),
    to: time(v['to']),
    format: text(v['format']),
    lang: text(v['lang']),
    schedule: text(v['schedule']),
    state: state ?? 'queued',
    progress: Math.max(0, Math.min(1, number(v['progress']) ?? 0)),
    doing: v['doing'] === undefined ? undefined : names(v['doing'], ''),
    error: text(v['error']) || text(delivery['error']),
    createdAt: time(v['created_at']),
    href: text(raw(v['result'])['href']),
    sentTo: text(delivery['state']) === 'sent' ? list(delivery['to']).map(text).join(', ') : '',
  };
}

export function isOver({ state }: Job): boolean {
  return state !== 'queued' && state !== 'running';
}

/** What a person wants a report on. */
export interface Order {
  report: string;
  from: number;
  to: number;
  parameters: Record<string, string>;
  format: string;
  lang: string;
}

function stated(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

/** The address at which the report is made at once. */
export function addressOf({ report, from, to, parameters, format, lang }: Order, offset: number): string {
  const period = { from: toRFC3339(from, offset), to: toRFC3339(to, offset) };
  return `/api/v1/reports/${encodeURIComponent(report)}${queryText({ ...period, ...stated(parameters), format, lang })}`;
}

/** The body with which it is made in the background. */
export function orderBody({ report, from, to, parameters, format, lang }: Order, offset: number): object {
  return {
    report,
    from: toRFC3339(from, offset),
    to: toRFC3339(to, offset),
    parameters: stated(parameters),
    format,
    lang,
  };
}
