import type { Steer } from '../stream/protocol';
import { toRFC3339 } from '../time/local';
import { ReplayClock } from './clock';
import type { Past } from './request';
import type { Refusal } from './span';

/** The past as it is played: what the time is there, how fast it goes, and how to steer it. */
export class Replay {
  readonly past: Past;
  readonly #clock: ReplayClock;
  playing = $state(true);
  speed = $state(1);
  /** Set where the center does not play it. */
  refusal = $state.raw<Refusal | undefined>(undefined);
  readonly #steer: (frame: Steer) => void;

  constructor(past: Past, mono: number, steer: (frame: Steer) => void) {
    this.past = past;
    this.speed = past.speed;
    this.#clock = new ReplayClock(past.from, mono, past.speed, past.to);
    this.#steer = steer;
  }

  at(mono: number): number {
    return this.refusal ? this.past.from : this.#clock.at(mono);
  }

  told(time: number, mono: number): void {
    this.#clock.told(time, mono);
  }

  /** What to ask the center for after a loss of the connection. */
  rest(mono: number): Past {
    return { ...this.past, from: Math.min(this.at(mono), this.past.to - 1000), speed: this.speed };
  }

  /** A new connection plays, whatever was said on the one before. */
  connected(): void {
    if (!this.playing) this.#steer({ op: 'pause' });
  }

  pause(): void {
    this.#clock.pause(performance.now());
    this.playing = false;
    this.#steer({ op: 'pause' });
  }

  play(speed = this.speed): void {
    this.#clock.play(speed, performance.now());
    this.speed = speed;
    this.playing = true;
    this.#steer({ op: 'play', speed });
  }

  /** Goes to a moment of the period, in ms since 1970. */
  seek(at: number, offset: number): void {
    const within = Math.max(this.past.from, Math.min(this.past.to, Math.round(at / 1000) * 1000));
    this.#clock.seek(within, performance.now());
    this.#steer({ op: 'seek', at: toRFC3339(within, offset) });
  }
}
