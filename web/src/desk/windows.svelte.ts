import { raw, text } from '../lib/city/raw';
import { ask, asPage } from '../lib/http/api';
import { asWindow, compareWindows, phaseOf, type Phase, type Window } from '../lib/maintenance/window';

const read = (item: unknown) => asWindow(text(raw(item)['id']), item);

/** Planned maintenance: what is on and to come, and what is past. Read again whenever the live windows change. */
export class Windows {
  items = $state.raw<readonly Window[]>([]);
  failure = $state.raw<unknown>(undefined);

  /** Reads all of it; returns what stops that. */
  read(): () => void {
    const abort = new AbortController();
    const load = async () => {
      try {
        const query = { state: 'all', limit: 500 };
        this.items = asPage(await ask('/api/v1/maintenance', { query, signal: abort.signal }), read).items;
        this.failure = undefined;
      } catch (error) {
        if (!abort.signal.aborted) this.failure = error;
      }
    };
    void load();
    return () => abort.abort();
  }
}

/** The windows of each phase, in the order in which they are looked at. */
export function byPhase(windows: readonly Window[], now: number): Record<Phase, Window[]> {
  const phases: Record<Phase, Window[]> = { active: [], upcoming: [], past: [] };
  for (const window of [...windows].sort(compareWindows(now))) phases[phaseOf(window, now)].push(window);
  return phases;
}
