import { list, names, number, raw, text, time, type Names } from '../lib/city/raw';
import { ask } from '../lib/http/api';

/** What alarms ask of people, over the last 24 hours. Lengths are in ms. */
export interface Figures {
  operators: number;
  mean: number | undefined;
  most: number | undefined;
  floodShare: number | undefined;
  acknowledge: Times;
  clear: Times;
  standing: number | undefined;
  worst: { key: string; title: Names; count: number }[];
  buckets: { at: number; raised: number }[];
}

interface Times {
  count: number;
  mean: number | undefined;
  median: number | undefined;
}

/** More new alarms in ten minutes than one operator can take in. */
export const FLOOD_ABOVE = 10;

export function asFigures(value: unknown): Figures {
  const v = raw(value);
  return {
    operators: Math.max(1, number(v['operators']) ?? 1),
    mean: number(v['per_ten_minutes_mean']),
    most: number(v['per_ten_minutes_most']),
    floodShare: number(v['flood_share']),
    acknowledge: asTimes(v['acknowledge']),
    clear: asTimes(v['clear']),
    standing: number(v['standing']),
    worst: list(v['worst'])
      .map(raw)
      .map((w) => ({ key: text(w['key']), title: names(w['title'], text(w['key'])), count: number(w['count']) ?? 0 })),
    buckets: list(v['buckets'])
      .map(raw)
      .flatMap((b) => {
        const at = time(b['at']);
        return at === undefined ? [] : [{ at, raised: number(b['raised']) ?? 0 }];
      }),
  };
}

function asTimes(value: unknown): Times {
  const v = raw(value);
  const ms = (seconds: unknown) => {
    const s = number(seconds);
    return s === undefined ? undefined : s * 1000;
  };
  return { count: number(v['count']) ?? 0, mean: ms(v['mean_s']), median: ms(v['median_s']) };
}

const REFRESH_MS = 60_000;

/** The figures, read again each minute as long as they are looked at. */
export class FiguresOfDay {
  value = $state.raw<Figures | undefined>(undefined);
  failure = $state.raw<unknown>(undefined);

  /** Begins to read them; returns what ends that. */
  follow(): () => void {
    const abort = new AbortController();
    const load = async () => {
      try {
        this.value = asFigures(await ask('/api/v1/alarms/figures', { signal: abort.signal }));
        this.failure = undefined;
      } catch (error) {
        if (!abort.signal.aborted) this.failure = error;
      }
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }
}
