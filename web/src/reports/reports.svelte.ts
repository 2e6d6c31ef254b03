import { ask, asPage, Problem } from '../lib/http/api';
import { Attempts } from '../lib/http/attempt';
import { Session } from '../lib/session/session.svelte';
import { asJob, asKind, isOver, type Job, type Kind } from './report';
import { reportWords } from './words';

const JOBS = '/api/v1/reports/jobs';
const BUSY_MS = 1_000;
const IDLE_MS = 15_000;

export const REPORT_KEYS = ['city', 'system', 'area/*', 'location/*', 'subsystem/*'];

/** What the components of the page of reports share. */
export class Reports extends Session {
  readonly w = $derived(reportWords[this.words.language]);
  kinds = $state.raw<readonly Kind[] | undefined>(undefined);
  jobs = $state.raw<readonly Job[]>([]);
  /** Why the lists could not be read; undone by the next time that they can. */
  error = $state('');
  /** Why the last order was not taken. */
  refusal = $state('');
  readonly #attempts = new Attempts();
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(): Promise<void> {
    await this.#try(async () => {
      this.kinds = asPage(await ask('/api/v1/reports'), asKind).items;
    });
    await this.refresh();
  }

  /** Reads the jobs, and again: often while one is being made. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#try(async () => {
      this.jobs = asPage(await ask(JOBS, { query: { limit: 30 } }), asJob).items;
    });
    const busy = this.jobs.some((job) => !isOver(job));
    this.#timer = setTimeout(() => void this.refresh(), busy ? BUSY_MS : IDLE_MS);
  }

  async order(body: object): Promise<void> {
    try {
      await ask(JOBS, { method: 'POST', body, key: this.#attempts.keyOf(JOBS, body) });
      this.#attempts.answered(JOBS, body);
      this.refusal = '';
    } catch (error) {
      this.refusal = this.#say(error);
      return;
    }
    await this.refresh();
  }

  /** Cancels a job that is not over, and removes one that is. */
  async remove(id: string): Promise<void> {
    await this.#try(async () => {
      await ask(`${JOBS}/${encodeURIComponent(id)}`, { method: 'DELETE' });
    });
    if (this.error === '') await this.refresh();
  }

  kindName(id: string): string {
    return this.kinds?.find((kind) => kind.id === id)?.names[this.words.language] ?? id;
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = '';
    } catch (error) {
      this.error = this.#say(error);
    }
  }

  #say(error: unknown): string {
    const silent = error instanceof Problem && error.status === 0;
    const late = silent && error.message === 'timeout';
    const why = late
      ? this.w.late
      : silent
        ? this.w.unreachable
        : error instanceof Error
          ? error.message
          : String(error);
    return `${this.w.failed}: ${why}`;
  }
}
