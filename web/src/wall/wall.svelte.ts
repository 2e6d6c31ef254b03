import { Replay } from '../lib/replay/replay.svelte';
import { pastOf, streamPath } from '../lib/replay/request';
import { mountingOf, type Mounting } from '../lib/screen';
import { Session } from '../lib/session/session.svelte';
import { DEFAULT_OFFSET } from '../lib/time/civic';

export const WALL_KEYS = [
  'city',
  'location/*',
  'device/*',
  'subsystem/*',
  'event/*',
  'alarm/*',
  'alarmgroup/*',
  'system',
  'area/*',
];

const REPLAY_TICK_MS = 250;

/** What the pointer or the focus is on, and where that is on the page. */
export interface Hint {
  kind: 'device' | 'location' | 'subsystem';
  id: string;
  at: DOMRect;
}

/** Everything that the components of the wall share. It shows the present, or plays the past. */
export class Wall extends Session {
  readonly mounting: Mounting | undefined;
  /** Set where the past is shown. */
  readonly replay: Replay | undefined;
  layout = $state<'wall' | 'stack'>('wall');
  /** px of one rem. */
  rem = $state(16);
  legible = $state(true);
  hint = $state.raw<Hint | undefined>(undefined);
  #sockets = 0;

  constructor(query: URLSearchParams) {
    super(query);
    this.mounting = mountingOf(query);
    const past = pastOf(query, DEFAULT_OFFSET);
    if (past) this.replay = new Replay(past, performance.now(), (frame) => this.steer(frame));
  }

  // A screen that shows the past is no proof that the wall is alive.
  protected override get reports(): boolean {
    return this.replay === undefined;
  }

  protected override get tickMs(): number {
    return this.replay ? REPLAY_TICK_MS : super.tickMs;
  }

  protected override streamPath(): string {
    if (this.replay === undefined) return super.streamPath();
    const first = this.#sockets++ === 0;
    return streamPath(first ? this.replay.past : this.replay.rest(performance.now()), this.offset);
  }

  protected override clock(mono: number): number | undefined {
    return this.replay ? this.replay.at(mono) : super.clock(mono);
  }

  protected override heard(time: number, mono: number): void {
    this.replay?.told(time, mono);
  }

  protected override connected(): void {
    this.replay?.connected();
  }

  /** The past is shown as it is now at the moment chosen, without waiting for the next tick. */
  steered(): void {
    this.readClocks();
  }
}
