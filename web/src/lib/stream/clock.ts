const KEPT = 12; // a minute of heartbeats

/**
 * The server's clock, as heartbeats tell it, carried on between them by a clock that only runs
 * forward (performance.now). A heartbeat is never early, so the one that travelled fastest is
 * the nearest to the truth.
 */
export class ServerClock {
  #differences: number[] = [];

  /** Notes that a heartbeat bore the time server (ms since 1970) and came at mono (ms). */
  sample(server: number, mono: number): void {
    if (!Number.isFinite(server)) return;
    this.#differences.push(server - mono);
    if (this.#differences.length > KEPT) this.#differences.shift();
  }

  /** The server's time in ms since 1970; undefined before the first heartbeat. */
  at(mono: number): number | undefined {
    if (this.#differences.length === 0) return undefined;
    return mono + Math.max(...this.#differences);
  }
}
