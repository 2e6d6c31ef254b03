/** The clock of a replay: between two heartbeats it runs as fast as the past is played. */
export class ReplayClock {
  #at: number;
  #mono: number;
  #speed: number;
  #playing = true;

  /** Starts at a moment of the past, in ms since 1970. */
  constructor(
    from: number,
    mono: number,
    speed: number,
    /** The replay ends there. */
    readonly end: number,
  ) {
    this.#at = from;
    this.#mono = mono;
    this.#speed = speed;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): number {
    return this.#speed;
  }

  /** The moment of the past that is shown. It is never past the end. */
  at(mono: number): number {
    const run = this.#playing ? Math.max(0, mono - this.#mono) * this.#speed : 0;
    return Math.min(this.#at + run, this.end);
  }

  /** The center says what moment it shows: from there the clock goes on. */
  told(time: number, mono: number): void {
    if (Number.isFinite(time)) this.#anchor(time, mono);
  }

  pause(mono: number): void {
    this.#anchor(this.at(mono), mono);
    this.#playing = false;
  }

  play(speed: number, mono: number): void {
    this.#anchor(this.at(mono), mono);
    this.#speed = speed;
    this.#playing = true;
  }

  seek(time: number, mono: number): void {
    this.#anchor(Math.min(time, this.end), mono);
  }

  #anchor(at: number, mono: number): void {
    this.#at = at;
    this.#mono = mono;
  }
}

export const SPEEDS = [1, 10, 60, 600] as const;
