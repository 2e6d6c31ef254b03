import { list, raw, text } from '../city/raw';

/** Asks the center over HTTP. A refusal is a Problem that says what the center said. */

const TIMEOUT_MS = 15_000;

/** An answer that is no success, or none at all, for which the status is 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** What was asked: the method and the address. */
    readonly what: string,
    detail: string,
  ) {
    super(detail);
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** The key that lets the center tell a repetition from another wish. */
  key?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export async function ask(path: string, { method = 'GET', query = {}, ...rest }: Ask = {}): Promise<unknown> {
  const address = `${path}${queryText(query)}`;
  const what = `${method} ${path}`;
  const limit = AbortSignal.timeout(rest.timeoutMs ?? TIMEOUT_MS);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (rest.body !== undefined) headers['content-type'] = 'application/json';
  if (rest.key !== undefined) headers['idempotency-key'] = rest.key;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers,
      ...(rest.body !== undefined && { body: JSON.stringify(rest.body) }),
      signal: rest.signal === undefined ? limit : AbortSignal.any([limit, rest.signal]),
    });
  } catch (cause) {
    if (rest.signal?.aborted) throw cause;
    throw new Problem(0, what, limit.aborted ? 'timeout' : 'unreachable');
  }
  const body = await bodyOf(response);
  if (!response.ok) throw new Problem(response.status, what, detailOf(body) || `HTTP ${response.status}`);
  return body;
}

async function bodyOf(response: Response): Promise<unknown> {
  const body = await response.text();
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** What a problem document (RFC 9457) says, with the places of its single errors. */
export function detailOf(body: unknown): string {
  const problem = raw(body);
  const detail = text(problem['detail']) || text(problem['title']);
  const errors = list(problem['errors']).map((entry) => {
    const { location, message } = raw(entry);
    return [text(location).replace(/^(body|query|path)\./, ''), text(message)].filter(Boolean).join(': ');
  });
  return [detail, ...errors.filter(Boolean)].filter(Boolean).join(' · ');
}

export function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parts.set(name, String(value));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

/** A page of a list. */
export interface Page<T> {
  items: T[];
  next: string;
  total: number | undefined;
}

export function asPage<T>(value: unknown, read: (item: unknown) => T): Page<T> {
  const v = raw(value);
  const total = v['total'];
  return {
    items: list(v['items']).map(read),
    next: text(v['next']),
    total: typeof total === 'number' ? total : undefined,
  };
}
