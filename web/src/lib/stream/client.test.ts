import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamClient } from './client';
import type { Patch } from './follow';
import { freshness, type Link } from './link';
import type { Subscribe } from './protocol';

/** A socket that goes nowhere: the test plays the server. */
class FakeSocket {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
}

function setup() {
  const sockets: FakeSocket[] = [];
  const patches: Patch[] = [];
  let link: Link | undefined;
  const client = new StreamClient({
    url: () => 'ws://center/api/v1/stream',
    keys: ['city'],
    screen: 'wall-3',
    build: 'b1',
    onPatch: (patch) => patches.push(patch),
    onLink: (now) => (link = now),
    onTime: () => undefined,
    mono: () => performance.now(),
    now: () => Date.parse('2026-11-23T03:00:00Z') + 250,
    random: () => 0.5,
    open: (_, protocol) => {
      expect(protocol).toBe('opscenter.v1');
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  const last = () => sockets.at(-1) as FakeSocket;
  const fresh = () => link && freshness(link, performance.now());
  return { client, sockets, patches, last, fresh, link: () => link };
}

function greet(socket: FakeSocket): void {
  socket.accept();
  socket.say({ op: 'snapshot', id: 'w1', epoch: 'e', seq: 5, entities: { city: {} } });
  beat(socket);
}

function beat(socket: FakeSocket): void {
  const time = '2026-11-23T10:00:00+07:00';
  socket.say({ op: 'heartbeat', time, ingest: 'live', data_age_ms: 300, seqs: { w1: 5 } });
}

describe('the client', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('subscribes when it is connected, and is live after the snapshot and a heartbeat', () => {
    const { client, last, patches, fresh } = setup();
    greet(last());
    expect(last().sent[0]).toEqual({ op: 'subscribe', id: 'w1', keys: ['city'] });
    expect(patches).toHaveLength(1);
    expect(fresh()).toBe('live');
    client.close();
  });

  it('calls the link lost after twelve seconds of silence, though the socket seems open', () => {
    const { client, last, sockets, fresh } = setup();
    greet(last());
    vi.advanceTimersByTime(11_900);
    expect(fresh()).toBe('live');
    vi.advanceTimersByTime(1_200);
    expect(fresh()).toBe('lost');
    expect(sockets[0]?.closed).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(sockets.length).toBeGreaterThan(1);
    client.close();
  });

  it('stays live as long as heartbeats come', () => {
    const { client, last, fresh } = setup();
    greet(last());
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(5_000);
      beat(last());
    }
    expect(fresh()).toBe('live');
    client.close();
  });

  it('resumes where it stood after the connection broke, and says how', () => {
    const { client, last, sockets, link, fresh } = setup();
    greet(last());
    last().say({ op: 'changes', id: 'w1', seq: 6, changes: [] });
    last().onclose?.();
    expect(fresh()).toBe('connecting');
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
    last().accept();
    expect((last().sent[0] as unknown as Subscribe).resume).toEqual({ epoch: 'e', seq: 6 });
    last().say({ op: 'resumed', id: 'w1', epoch: 'e', seq: 9, missed: 3, changes: [] });
    expect(link()?.synced?.synced).toEqual({ how: 'resumed', missed: 3 });
    expect(link()?.inStep).toBe(true);
    client.close();
  });

  it('subscribes again on the same connection at a gap', () => {
    const { client, last, sockets } = setup();
    greet(last());
    last().say({ op: 'changes', id: 'w1', seq: 8, changes: [] });
    expect(sockets).toHaveLength(1);
    expect(last().sent.at(-1)).toEqual({
      op: 'subscribe',
      id: 'w1',
      keys: ['city'],
      resume: { epoch: 'e', seq: 5 },
    });
    client.close();
  });

  it('waits a moment before it subscribes again after a resync', () => {
    const { client, last } = setup();
    greet(last());
    last().say({ op: 'error', id: 'w1', code: 'resync', message: 'too slow' });
    expect(last().sent).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(last().sent).toHaveLength(2);
    client.close();
  });

  it('tries ever more slowly while the center is away', () => {
    const { client, last, sockets } = setup();
    for (let i = 0; i < 60; i++) {
      last().onclose?.();
      vi.advanceTimersByTime(1_000);
    }
    expect(sockets.length).toBeGreaterThan(5);
    expect(sockets.length).toBeLessThan(20);
    client.close();
  });

  it('gives a connection up that never opens', () => {
    const { client, sockets } = setup();
    vi.advanceTimersByTime(15_000);
    expect(sockets.length).toBeGreaterThan(1);
    client.close();
  });

  it('gives a connection up on which a subscription is never answered', () => {
    const { client, last, sockets } = setup();
    last().accept();
    for (let i = 0; i < 4; i++) {
      beat(last());
      vi.advanceTimersByTime(5_000);
    }
    expect(sockets.length).toBeGreaterThan(1);
    client.close();
  });

  it('reports what it shows, and how far its clock is off', () => {
    const { client, last } = setup();
    greet(last());
    vi.advanceTimersByTime(10_000);
    const report = last().sent.find((frame) => frame['op'] === 'report');
    expect(report).toMatchObject({ screen: 'wall-3', build: 'b1', seqs: { w1: 5 } });
    expect(report?.['clock_offset_ms']).toBe(250 - 10_000); // the fake clock of the screen stands still
    client.close();
  });

  it('shows a refusal, and tries again', () => {
    const { client, last, sockets, link } = setup();
    last().accept();
    last().say({ op: 'error', id: 'w1', code: 'bad_request', message: 'keys: none' });
    expect(link()?.refused).toBe('bad_request: keys: none');
    vi.advanceTimersByTime(2_000);
    expect(sockets).toHaveLength(2);
    client.close();
  });

  it('does nothing any more after it was closed', () => {
    const { client, last, sockets } = setup();
    greet(last());
    client.close();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(last().closed).toBe(true);
  });
});
