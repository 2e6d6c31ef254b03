/** The frames of the subprotocol opscenter.v1, as they are on the wire. */

export const PROTOCOL = 'opscenter.v1';

/** A value is null where the entity was removed. */
export interface Change {
  key: string;
  value: unknown;
}

export interface SnapshotFrame {
  op: 'snapshot';
  id: string;
  epoch: string;
  seq: number;
  entities: Record<string, unknown>;
}

export interface ResumedFrame {
  op: 'resumed';
  id: string;
  epoch: string;
  seq: number;
  missed: number;
  changes: Change[];
}

export interface ChangesFrame {
  op: 'changes';
  id: string;
  seq: number;
  changes: Change[];
}

/** The last two are of a stream that plays the past. */
export type Ingest = 'live' | 'catching_up' | 'blind' | 'replay' | 'replay_ended';

export interface HeartbeatFrame {
  op: 'heartbeat';
  /** RFC 3339 with the offset of the center's zone. */
  time: string;
  ingest: Ingest;
  data_age_ms: number;
  seqs: Record<string, number>;
}

export interface ErrorFrame {
  op: 'error';
  id?: string;
  code: string;
  message: string;
}

export interface UnsubscribedFrame {
  op: 'unsubscribed';
  id: string;
}

export type Frame = SnapshotFrame | ResumedFrame | ChangesFrame | HeartbeatFrame | ErrorFrame | UnsubscribedFrame;

export interface Resume {
  epoch: string;
  seq: number;
}

export interface Subscribe {
  op: 'subscribe';
  id: string;
  keys: readonly string[];
  resume?: Resume;
}

export interface Report {
  op: 'report';
  screen: string;
  build: string;
  seqs: Record<string, number>;
  /** This screen's clock less the server's, in ms. */
  clock_offset_ms: number;
}

/** What may be asked of a stream that plays the past. */
export type Steer = { op: 'pause' } | { op: 'play'; speed: number } | { op: 'seek'; at: string };

/** Reads a frame. Undefined for what is no frame, and for frames that a newer server may send. */
export function parseFrame(text: string): Frame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null || !('op' in frame)) return undefined;
  switch (frame.op) {
    case 'snapshot':
    case 'resumed':
    case 'changes':
    case 'heartbeat':
    case 'error':
    case 'unsubscribed':
      return frame as Frame;
    default:
      return undefined;
  }
}
