import type { Change, Frame, Resume } from './protocol';

/** Where one subscription stands in its frames. */
export interface Follow {
  /** The last position that was applied without a gap; undefined before the first snapshot. */
  at: Resume | undefined;
  /** True between subscribing and the snapshot or the resumed frame that answers it. */
  waiting: boolean;
  /** True if the last heartbeat knew of frames that had not come. */
  behind: boolean;
}

/** What a frame does to the picture. A reset empties it first. */
export interface Patch {
  reset: boolean;
  changes: Change[];
}

export function keysOf(patch: Patch): ReadonlySet<string> {
  return new Set(patch.changes.map((change) => change.key));
}

/** How a subscription came into step again. */
export type Synced = { how: 'snapshot' } | { how: 'resumed'; missed: number };

export interface Step {
  follow: Follow;
  patch?: Patch;
  synced?: Synced;
  /** The subscription is out of step: subscribe again, at once or after a pause. */
  resubscribe?: 'now' | 'later';
}

/** A subscription that was just asked for, and may resume where it stood. */
export function subscribing(at: Resume | undefined): Follow {
  return { at, waiting: true, behind: false };
}

/** Takes one frame. Frames of other subscriptions change nothing. Pure. */
export function step(follow: Follow, id: string, frame: Frame): Step {
  if (frame.op === 'heartbeat') return onHeartbeat(follow, frame.seqs[id]);
  if (frame.id !== id) return { follow };
  switch (frame.op) {
    case 'snapshot': {
      const changes = Object.entries(frame.entities).map(([key, value]) => ({ key, value }));
      return {
        follow: inStep(frame.epoch, frame.seq),
        patch: { reset: true, changes },
        synced: { how: 'snapshot' },
      };
    }
    case 'resumed':
      if (follow.at === undefined) return { follow, resubscribe: 'now' };
      return {
        follow: inStep(frame.epoch, frame.seq),
        patch: { reset: false, changes: frame.changes },
        synced: { how: 'resumed', missed: frame.missed },
      };
    case 'changes':
      return onChanges(follow, frame.seq, frame.changes);
    case 'error':
      return frame.code === 'resync' ? { follow, resubscribe: 'later' } : { follow };
    case 'unsubscribed':
      return { follow };
  }
}

function inStep(epoch: string, seq: number): Follow {
  return { at: { epoch, seq }, waiting: false, behind: false };
}

function onChanges(follow: Follow, seq: number, changes: Change[]): Step {
  // Until the answer to a subscription comes, frames belong to the one before it.
  if (follow.waiting || follow.at === undefined) return { follow };
  if (seq <= follow.at.seq) return { follow };
  if (seq !== follow.at.seq + 1) return { follow, resubscribe: 'now' };
  return { follow: inStep(follow.at.epoch, seq), patch: { reset: false, changes } };
}

// A lost frame that no other follows would never show as a gap, but heartbeats tell it. One
// heartbeat alone may overtake a frame; two in a row do not.
function onHeartbeat(follow: Follow, seq: number | undefined): Step {
  if (follow.waiting || follow.at === undefined) return { follow };
  const behind = seq === undefined || seq > follow.at.seq;
  if (behind && follow.behind) return { follow, resubscribe: 'now' };
  return behind === follow.behind ? { follow } : { follow: { ...follow, behind } };
}
