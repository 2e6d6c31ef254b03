import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, detailOf, Problem, queryText } from './api';
import { Attempts } from './attempt';

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: string) {
  const fetch = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(() =>
    Promise.resolve(new Response(body, { status })),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

describe('asking the center', () => {
  it('sends what is wanted, and the key of the wish', async () => {
    const fetch = answer(200, '{"outcome":"done"}');
    expect(await ask('/a', { method: 'POST', body: { actor: 'Hoa' }, key: 'k1' })).toEqual({ outcome: 'done' });
    const init = fetch.mock.calls[0]?.[1];
    expect(init?.headers).toMatchObject({ 'idempotency-key': 'k1', 'content-type': 'application/json' });
    expect(init?.body).toBe('{"actor":"Hoa"}');
  });

  it('tells a refusal with what the center said, and where', async () => {
    answer(
      422,
      '{"title":"Unprocessable","detail":"validation failed","errors":[{"location":"body.reason","message":"expected length >= 1"}]}',
    );
    const refused = ask('/api/v1/alarms/a/shelve', { method: 'POST', body: {} });
    await expect(refused).rejects.toMatchObject({
      status: 422,
      what: 'POST /api/v1/alarms/a/shelve',
      message: 'validation failed · reason: expected length >= 1',
    });
  });

  it('tells a center that cannot be reached from one that refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    await expect(ask('/a')).rejects.toMatchObject({ status: 0, message: 'unreachable' });
  });

  it('bears an answer that is no problem document', async () => {
    answer(502, '<html>');
    await expect(ask('/a')).rejects.toBeInstanceOf(Problem);
    expect(detailOf('<html>')).toBe('');
  });

  it('leaves out of the address what is not asked for', () => {
    expect(queryText({ state: 'closed', area: '', cursor: undefined, limit: 5 })).toBe('?state=closed&limit=5');
    expect(queryText({})).toBe('');
  });
});

describe('a wish', () => {
  const attempts = () => {
    let n = 0;
    return new Attempts(() => `k${++n}`);
  };

  it('keeps its key until it was answered, so that it is done once', () => {
    const a = attempts();
    expect(a.keyOf('/shelve', { minutes: 30 })).toBe('k1');
    expect(a.keyOf('/shelve', { minutes: 30 })).toBe('k1');
    a.answered('/shelve', { minutes: 30 });
    expect(a.keyOf('/shelve', { minutes: 30 })).toBe('k2');
  });

  it('is another one where anything is different', () => {
    const a = attempts();
    const keys = [
      a.keyOf('/shelve', { minutes: 30 }),
      a.keyOf('/shelve', { minutes: 60 }),
      a.keyOf('/other', { minutes: 30 }),
    ];
    expect(new Set(keys).size).toBe(3);
  });

  it('has a key that nobody else has', () => {
    const a = new Attempts();
    expect(a.keyOf('/a', {})).toMatch(/^[0-9a-f]{32}$/);
    expect(a.keyOf('/b', {})).not.toBe(a.keyOf('/a', {}));
  });
});
