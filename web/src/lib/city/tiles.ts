import { compareText } from './select';
import { rank, type Status } from './status';

/** A tile that is better again keeps its place for so long, in ms, so that one that flaps stays put. */
export const HOLD_MS = 60_000;

interface Held {
  status: Status;
  /** Since when it is better than the place that it holds, on the clock that only runs forward. */
  betterSince: number | undefined;
}

/**
 * The order of tiles: worst first, and in a fixed order among equals. What gets worse moves up at
 * once; what gets better keeps its place until it has stayed better for a while.
 */
export class TileOrder {
  #held = new Map<string, Held>();

  /** Returns the ids in order. Those that places lacks come last among their equals. */
  arrange(tiles: readonly { id: string; status: Status }[], places: readonly string[], mono: number): string[] {
    this.#held = new Map(tiles.map(({ id, status }) => [id, hold(this.#held.get(id), status, mono)]));
    const place = new Map(places.map((id, i) => [id, i]));
    const worst = (id: string) => rank(this.#held.get(id)?.status ?? 'unknown');
    const fixed = (id: string) => place.get(id) ?? places.length;
    return [...this.#held.keys()].sort((a, b) => worst(a) - worst(b) || fixed(a) - fixed(b) || compareText(a, b));
  }
}

function hold(held: Held | undefined, status: Status, mono: number): Held {
  if (held === undefined || rank(status) <= rank(held.status)) return { status, betterSince: undefined };
  const betterSince = held.betterSince ?? mono;
  return mono - betterSince >= HOLD_MS ? { status, betterSince: undefined } : { status: held.status, betterSince };
}

/** How tiles lie in a panel. */
export interface TileGrid {
  columns: number;
  rows: number;
  /** How many figures fit side by side on one tile. */
  figures: number;
}

/** Lengths in rem. */
const LOWEST = 4.4;
const GAP = 0.4;
const MOST_COLUMNS = 4;
const FIGURE = 7.4;

/**
 * Lays out as many tiles as possible in as few columns as possible, because wide tiles have room for
 * names. What does not fit into columns × rows is left out. Lengths are in rem.
 */
export function tileGrid(count: number, width: number, height: number): TileGrid {
  const fitting = Math.max(1, Math.floor((height + GAP) / (LOWEST + GAP)));
  const columns = Math.min(MOST_COLUMNS, Math.max(1, Math.ceil(count / fitting)));
  const rows = Math.min(fitting, Math.max(1, Math.ceil(count / columns)));
  const tile = (width - (columns - 1) * GAP) / columns;
  return { columns, rows, figures: Math.max(1, Math.min(3, Math.floor(tile / FIGURE))) };
}
