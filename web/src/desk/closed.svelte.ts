import { asAlarm, type Alarm } from '../lib/alarm/alarm';
import { raw, text, time } from '../lib/city/raw';
import { ask, asPage } from '../lib/http/api';

const PAGE = 100;

export interface Closed extends Alarm {
  closedAt: number | undefined;
}

export function asClosed(value: unknown): Closed {
  const v = raw(value);
  return { ...asAlarm(text(v['id']), v), closedAt: time(v['closed_at']) };
}

/** Alarms that are off the list. They are not in the live picture, so they are asked for, by the page. */
export class ClosedAlarms {
  items = $state.raw<readonly Closed[]>([]);
  busy = $state(false);
  error = $state('');
  #cursor = $state('');
  readonly more = $derived(this.#cursor !== '');
  #query: Record<string, string> = {};
  #turn = 0;
  readonly #desk: { problem: (error: unknown) => string };

  constructor(desk: { problem: (error: unknown) => string }) {
    this.#desk = desk;
  }

  async load(query: Record<string, string>): Promise<void> {
    this.#query = query;
    this.items = [];
    this.#cursor = '';
    await this.next();
  }

  async next(): Promise<void> {
    const turn = ++this.#turn; // what was asked before does not come in between
    this.busy = true;
    this.error = '';
    try {
      const query = { ...this.#query, state: 'closed', limit: PAGE, cursor: this.#cursor };
      const page = asPage(await ask('/api/v1/alarms', { query }), asClosed);
      if (turn !== this.#turn) return;
      this.items = [...this.items, ...page.items];
      this.#cursor = page.next;
    } catch (error) {
      if (turn === this.#turn) this.error = this.#desk.problem(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
