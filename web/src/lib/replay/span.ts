import { ask, Problem } from '../http/api';
import { raw, time } from '../city/raw';
import { toRFC3339 } from '../time/local';
import type { Past } from './request';

/** Of what time the center knows pictures, in ms since 1970. */
export interface Span {
  from: number;
  to: number;
}

export async function loadSpan(signal?: AbortSignal): Promise<Span | undefined> {
  const answer = raw(await ask('/api/v1/board/span', signal && { signal }));
  const from = time(answer['from']);
  const to = time(answer['to']);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Why a replay does not play. */
export type Refusal =
  | { why: 'before'; begins: number }
  | { why: 'not_yet' }
  /** The center knows the picture, and still does not play it. */
  | { why: 'busy' }
  | { why: 'other'; detail: string };

/**
 * A browser does not tell what a WebSocket was refused with, so the center is asked for the picture that
 * the replay begins with. Undefined if the center does not answer either.
 */
export async function refusalOf(past: Past, offset: number, signal: AbortSignal): Promise<Refusal | undefined> {
  try {
    await ask('/api/v1/board', { query: { at: toRFC3339(past.from, offset), keys: 'city' }, signal });
    return { why: 'busy' };
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status === 0) return undefined;
    const span = await loadSpan(signal).catch(() => undefined);
    if (span && past.from < span.from) return { why: 'before', begins: span.from };
    if (span && past.from > span.to) return { why: 'not_yet' };
    return { why: 'other', detail: problem.message };
  }
}
