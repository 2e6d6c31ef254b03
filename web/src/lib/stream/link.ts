import type { Ingest } from './protocol';
import type { Synced } from './follow';

/** What is known of the connection. Times are of the clock that only runs forward, in ms. */
export interface Link {
  /** Connected, subscribed, and the picture is complete up to the last frame. */
  inStep: boolean;
  /** When the page began to connect, or when it was last in step. */
  inStepAt: number;
  /** The page was in step at least once. */
  everInStep: boolean;
  /** When the last frame of any kind came; undefined before the first. */
  heardAt: number | undefined;
  heartbeat: { at: number; ingest: Ingest; dataAgeMs: number } | undefined;
  /** How the page last came into step again, after it had lost it. */
  synced: { at: number; synced: Synced } | undefined;
  /** Code and message of a refusal by the server. */
  refused: string | undefined;
}

/** Without a frame for so long, the link counts as lost: two heartbeats and some patience. */
export const SILENCE_MS = 12_000;

/** A reconnect that takes no longer than this needs no banner. */
export const GRACE_MS = 2_500;

/** How far what the wall shows can be trusted. */
export type Freshness = 'connecting' | Ingest | 'lost';

export function freshLink(now: number): Link {
  return {
    inStep: false,
    inStepAt: now,
    everInStep: false,
    heardAt: undefined,
    heartbeat: undefined,
    synced: undefined,
    refused: undefined,
  };
}

export function freshness(link: Link, now: number): Freshness {
  if (link.heardAt !== undefined && now - link.heardAt > SILENCE_MS) return 'lost';
  if (!link.inStep) return now - link.inStepAt > GRACE_MS ? 'lost' : 'connecting';
  return link.heartbeat?.ingest ?? 'connecting';
}

/** Since when the link is lost: the last frame, or the start of the page. */
export function lostSince(link: Link): number {
  return link.heardAt ?? link.inStepAt;
}

/** How old the newest data is now, in ms; undefined before the first heartbeat. */
export function dataAge(link: Link, now: number): number | undefined {
  if (link.heartbeat === undefined) return undefined;
  return Math.max(0, link.heartbeat.dataAgeMs) + (now - link.heartbeat.at);
}
