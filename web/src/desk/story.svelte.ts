import { list, number, raw, text, time } from '../lib/city/raw';
import { ask } from '../lib/http/api';

/** One thing that happened to an alarm. */
export interface Step {
  n: number;
  at: number | undefined;
  what: string;
  /** Empty: the center itself. */
  actor: string;
  why: string;
  assignee: string;
  until: number | undefined;
}

export function asStory(value: unknown): Step[] {
  const v = raw(value);
  return list(v['history'] ?? v['transitions'])
    .map(raw)
    .map((step) => ({
      n: number(step['n']) ?? 0,
      at: time(step['at']),
      what: text(step['what']),
      actor: text(step['actor']),
      why: text(step['why']),
      assignee: text(step['assignee']),
      until: time(step['until']),
    }));
}

/** Changes within so many ms are read in one go. */
const PAUSE_MS = 250;

/** What happened to one alarm, read again whenever the alarm changed. */
export class Story {
  steps = $state.raw<readonly Step[]>([]);
  error = $state('');
  loaded = $state(false);

  /** Reads it after a moment; returns what stops that. */
  read(id: string, problem: (error: unknown) => string): () => void {
    const abort = new AbortController();
    const load = async () => {
      try {
        this.steps = asStory(await ask(`/api/v1/alarms/${encodeURIComponent(id)}`, { signal: abort.signal })).reverse();
        this.error = '';
        this.loaded = true;
      } catch (error) {
        if (!abort.signal.aborted) this.error = problem(error);
      }
    };
    const timer = setTimeout(() => void load(), this.loaded ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }
}
