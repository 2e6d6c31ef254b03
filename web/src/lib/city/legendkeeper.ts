import { asLegend, NO_LEGEND, type Legend } from './legend';
import type { Subsystem } from './subsystem';

/** Pause before a legend that could not be had is asked for again, in ms. */
const RETRY_MS = 10_000;

export interface LegendOptions {
  /** Gets the legend's JSON. */
  load: () => Promise<unknown>;
  onLegend: (legend: Legend) => void;
}

/**
 * Keeps the legend as new as the picture: loads it whenever the wall came into step, and again when
 * something appears that the legend does not name. A name that the newest legend lacks too is not
 * asked for again, so that a center that cannot name something is not asked without end.
 */
export class LegendKeeper {
  readonly #o: LegendOptions;
  #legend = NO_LEGEND;
  #asked = new Set<string>();
  #loading = false;
  #again = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LegendOptions) {
    this.#o = options;
  }

  /** The wall connected: the center may be another one, with other subsystems. */
  connected(): void {
    this.#asked.clear();
    void this.#load();
  }

  /** Looks through what is shown for something without a name. */
  check(subsystems: Iterable<Subsystem>): void {
    const missing = [...unnamed(this.#legend, subsystems)].filter((what) => !this.#asked.has(what));
    if (missing.length === 0) return;
    for (const what of missing) this.#asked.add(what);
    void this.#load();
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  async #load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    clearTimeout(this.#retry);
    try {
      this.#legend = asLegend(await this.#o.load());
      this.#o.onLegend(this.#legend);
    } catch {
      this.#retry = setTimeout(() => void this.#load(), RETRY_MS);
    }
    this.#loading = false;
    if (!this.#again) return;
    this.#again = false;
    void this.#load();
  }
}

/** What a legend has no name for: subsystems, or their indicators and aggregates. */
function* unnamed(legend: Legend, subsystems: Iterable<Subsystem>): Generator<string> {
  for (const { id, names, indicators, readings } of subsystems) {
    const entry = legend.get(id);
    // A subsystem that was declared anew may bear other names, and so may what it measures.
    if (entry?.names.vi !== names.vi || entry.names.en !== names.en) yield `${id} ${names.vi} ${names.en}`;
    for (const { code } of indicators) if (!entry?.indicators.has(code)) yield `${id} ${code}`;
    for (const name of Object.keys(readings)) if (!entry?.aggregates.has(name)) yield `${id} ${name}`;
  }
}
