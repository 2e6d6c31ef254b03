import { describe, expect, it } from 'vitest';
import { ReplayClock } from './clock';
import { addressOf, liveAddress, pastOf, streamPath } from './request';

const from = Date.parse('2026-11-20T08:15:03+07:00');
const HOUR = 3_600_000;

describe('the clock of a replay', () => {
  it('runs as fast as the past is played, and no further than its end', () => {
    const clock = new ReplayClock(from, 1000, 60, from + HOUR);
    expect(clock.at(1000)).toBe(from);
    expect(clock.at(2000)).toBe(from + 60_000);
    expect(clock.at(1000 + HOUR)).toBe(from + HOUR);
  });

  it('stands still while it is paused, and goes on from there at another speed', () => {
    const clock = new ReplayClock(from, 0, 10, from + HOUR);
    clock.pause(1000);
    expect(clock.at(9000)).toBe(from + 10_000);
    clock.play(1, 9000);
    expect(clock.at(10_000)).toBe(from + 11_000);
  });

  it('follows what the center says, also backwards', () => {
    const clock = new ReplayClock(from, 0, 10, from + HOUR);
    clock.told(from + 2000, 1000);
    expect(clock.at(1100)).toBe(from + 3000);
    clock.told(Number.NaN, 2000);
    expect(clock.at(1100)).toBe(from + 3000);
  });

  it('goes where it is sent, and not past the end', () => {
    const clock = new ReplayClock(from, 0, 1, from + HOUR);
    clock.seek(from + 1000, 500);
    expect(clock.at(600)).toBe(from + 1100);
    clock.seek(from + 9 * HOUR, 600);
    expect(clock.at(700)).toBe(from + HOUR);
  });
});

describe('the address of the past', () => {
  const read = (query: string) => pastOf(new URLSearchParams(query), 420);

  it('is read with an offset, or as civic time', () => {
    expect(read('replay=2026-11-20T01:15:03Z&to=2026-11-20T02:15:03Z&speed=60')).toEqual({
      from,
      to: from + HOUR,
      speed: 60,
    });
    expect(read('replay=2026-11-20T08:15:03')).toEqual({ from, to: from + HOUR, speed: 1 });
    expect(read('replay=2026-11-20T08:15:03+07:00')?.from).toBe(from); // a plus sign that nobody escaped
  });

  it('is the present where it is none, and never a speed that cannot be', () => {
    expect(read('')).toBeUndefined();
    expect(read('replay=yesterday')).toBeUndefined();
    expect(read('replay=2026-11-20T08:15:03&to=2026-11-19&speed=-3')).toEqual({ from, to: from + HOUR, speed: 1 });
  });

  it('is written so that it is read the same, and what else is in it stays', () => {
    const past = { from, to: from + HOUR, speed: 10 };
    const address = new URL(addressOf(past, 420, new URLSearchParams('screen=wall-3')), 'http://center');
    expect(pastOf(address.searchParams, 0)).toEqual(past);
    expect(liveAddress(address.searchParams)).toBe('/?screen=wall-3');
    expect(liveAddress(new URLSearchParams('replay=x&to=y&speed=1'))).toBe('/');
  });

  it('asks the center for it in the civic zone', () => {
    expect(decodeURIComponent(streamPath({ from, to: from + HOUR, speed: 1 }, 420))).toBe(
      '/api/v1/replay?from=2026-11-20T08:15:03+07:00&to=2026-11-20T09:15:03+07:00&speed=1',
    );
  });
});
