import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusalOf } from './span';

const begins = Date.parse('2026-11-20T08:00:00+07:00');
const now = Date.parse('2026-11-26T08:00:00+07:00');

/** A center that knows pictures of a span. */
function center(board: number, span = 200) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    const body = address.includes('/span')
      ? { from: '2026-11-20T08:00:00+07:00', to: '2026-11-26T08:00:00+07:00' }
      : {};
    const status = address.includes('/span') ? span : board;
    return Promise.resolve(new Response(JSON.stringify(status === 200 ? body : { detail: 'too bad' }), { status }));
  });
  return asked;
}

const ask = (from: number) => refusalOf({ from, to: from + 1000, speed: 1 }, 420, new AbortController().signal);

describe('why a replay does not play', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is that the archive begins later', async () => {
    const asked = center(404);
    expect(await ask(begins - 1000)).toEqual({ why: 'before', begins });
    expect(decodeURIComponent(asked[0] ?? '')).toBe('/api/v1/board?at=2026-11-20T07:59:59+07:00&keys=city');
  });

  it('is that the time has not come', async () => {
    center(422);
    expect(await ask(now + 60_000)).toEqual({ why: 'not_yet' });
  });

  it('is that the center is busy, if it knows the picture', async () => {
    center(200);
    expect(await ask(begins)).toEqual({ why: 'busy' });
  });

  it('is what the center says otherwise', async () => {
    center(503);
    expect(await ask(begins)).toEqual({ why: 'other', detail: 'too bad' });
    center(404, 404);
    expect(await ask(begins - 1000)).toEqual({ why: 'other', detail: 'too bad' });
  });

  it('is not known while the center does not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await ask(begins)).toBeUndefined();
  });
});
