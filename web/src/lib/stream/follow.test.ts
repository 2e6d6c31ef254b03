import { describe, expect, it } from 'vitest';
import { step, subscribing, type Follow } from './follow';
import type { Frame } from './protocol';

const inStep: Follow = { at: { epoch: 'e', seq: 7 }, waiting: false, behind: false };

function changes(seq: number, id = 'w1'): Frame {
  return { op: 'changes', id, seq, changes: [{ key: 'device/cam-1', value: { id: 'cam-1' } }] };
}

function heartbeat(seqs: Record<string, number>): Frame {
  return { op: 'heartbeat', time: '2026-11-23T10:00:00+07:00', ingest: 'live', data_age_ms: 1, seqs };
}

describe('a subscription', () => {
  it('begins with a snapshot, which replaces the picture', () => {
    const frame: Frame = { op: 'snapshot', id: 'w1', epoch: 'e', seq: 7, entities: { city: { a: 1 } } };
    expect(step(subscribing(undefined), 'w1', frame)).toEqual({
      follow: inStep,
      patch: { reset: true, changes: [{ key: 'city', value: { a: 1 } }] },
      synced: { how: 'snapshot' },
    });
  });

  it('takes the next frame', () => {
    const next = step(inStep, 'w1', changes(8));
    expect(next.follow.at).toEqual({ epoch: 'e', seq: 8 });
    expect(next.patch).toEqual({ reset: false, changes: [{ key: 'device/cam-1', value: { id: 'cam-1' } }] });
  });

  it('passes removals on', () => {
    const frame: Frame = { op: 'changes', id: 'w1', seq: 8, changes: [{ key: 'event/x', value: null }] };
    expect(step(inStep, 'w1', frame).patch?.changes).toEqual([{ key: 'event/x', value: null }]);
  });

  it('subscribes again at a gap, from where it stands, and applies nothing', () => {
    const next = step(inStep, 'w1', changes(9));
    expect(next).toEqual({ follow: inStep, resubscribe: 'now' });
  });

  it('ignores a frame that it has, and frames of others', () => {
    expect(step(inStep, 'w1', changes(7))).toEqual({ follow: inStep });
    expect(step(inStep, 'w1', changes(8, 'w2'))).toEqual({ follow: inStep });
  });

  it('ignores frames from before the answer to a new subscription', () => {
    const waiting = subscribing({ epoch: 'e', seq: 7 });
    expect(step(waiting, 'w1', changes(9))).toEqual({ follow: waiting });
  });

  it('resumes with what it missed, on top of what it has', () => {
    const frame: Frame = {
      op: 'resumed',
      id: 'w1',
      epoch: 'e',
      seq: 23,
      missed: 16,
      changes: [{ key: 'city', value: {} }],
    };
    const next = step(subscribing({ epoch: 'e', seq: 7 }), 'w1', frame);
    expect(next.follow.at).toEqual({ epoch: 'e', seq: 23 });
    expect(next.patch?.reset).toBe(false);
    expect(next.synced).toEqual({ how: 'resumed', missed: 16 });
  });

  it('pauses before it subscribes again when the server says it was too slow', () => {
    const frame: Frame = { op: 'error', id: 'w1', code: 'resync', message: '' };
    expect(step(inStep, 'w1', frame).resubscribe).toBe('later');
  });

  it('notices by two heartbeats that the last frame was lost', () => {
    const once = step(inStep, 'w1', heartbeat({ w1: 8 }));
    expect(once.resubscribe).toBeUndefined();
    expect(step(once.follow, 'w1', heartbeat({ w1: 8 })).resubscribe).toBe('now');
  });

  it('notices by two heartbeats that the server does not know it any more', () => {
    const once = step(inStep, 'w1', heartbeat({}));
    expect(step(once.follow, 'w1', heartbeat({})).resubscribe).toBe('now');
  });

  it('forgives a heartbeat that overtook a frame', () => {
    const once = step(inStep, 'w1', heartbeat({ w1: 8 }));
    const caughtUp = step(once.follow, 'w1', changes(8));
    expect(step(caughtUp.follow, 'w1', heartbeat({ w1: 9 })).resubscribe).toBeUndefined();
  });
});
