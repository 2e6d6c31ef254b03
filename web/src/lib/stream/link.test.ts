import { expect, it } from 'vitest';
import { backoff } from './backoff';
import { ServerClock } from './clock';
import { dataAge, freshLink, freshness, type Link } from './link';
import { parseFrame } from './protocol';

const live: Link = {
  ...freshLink(0),
  inStep: true,
  everInStep: true,
  heardAt: 1_000,
  heartbeat: { at: 1_000, ingest: 'live', dataAgeMs: 400 },
};

it('is what ingest is while the link holds', () => {
  expect(freshness(live, 5_000)).toBe('live');
  const blind = { at: 1_000, ingest: 'blind' as const, dataAgeMs: 0 };
  expect(freshness({ ...live, heartbeat: blind }, 5_000)).toBe('blind');
});

it('is not live before ingest is known', () => {
  expect(freshness({ ...live, heartbeat: undefined }, 5_000)).toBe('connecting');
});

it('is lost after silence, in step or not', () => {
  expect(freshness(live, 13_001)).toBe('lost');
  expect(freshness({ ...live, inStep: false, inStepAt: 13_000 }, 13_001)).toBe('lost');
});

it('forgives a short reconnect', () => {
  const broken = { ...live, inStep: false, inStepAt: 2_000 };
  expect(freshness(broken, 4_000)).toBe('connecting');
  expect(freshness(broken, 5_000)).toBe('lost');
});

it('lets data grow old between heartbeats', () => {
  expect(dataAge(live, 4_000)).toBe(3_400);
});

it('takes the time from the heartbeat that travelled fastest', () => {
  const clock = new ServerClock();
  expect(clock.at(0)).toBeUndefined();
  clock.sample(1_000_000, 100); // 100 ms on the way
  clock.sample(1_004_990, 5_000); // 10 ms on the way
  clock.sample(1_009_700, 10_000);
  expect(clock.at(20_000)).toBe(1_019_990);
});

it('follows a server whose clock was set back', () => {
  const clock = new ServerClock();
  clock.sample(1_000_000, 0);
  for (let i = 1; i <= 12; i++) clock.sample(900_000 + i, i);
  expect(clock.at(12)).toBe(900_012);
});

it('waits longer with every attempt, at most ten seconds, and never the same for all', () => {
  expect(backoff(0, 0)).toBe(500);
  expect(backoff(3, 0)).toBe(4_000);
  expect(backoff(50, 0)).toBe(10_000);
  expect(backoff(50, 1)).toBe(5_000);
});

it('reads only what it knows as a frame', () => {
  expect(parseFrame('{"op":"changes","id":"w1","seq":1,"changes":[]}')?.op).toBe('changes');
  expect(parseFrame('{"op":"later"}')).toBeUndefined();
  expect(parseFrame('not json')).toBeUndefined();
  expect(parseFrame('null')).toBeUndefined();
});
