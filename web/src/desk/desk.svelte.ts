import { SvelteSet } from 'svelte/reactivity';
import { asAlarm, type Alarm, type AlarmGroup } from '../lib/alarm/alarm';
import { NO_FILTER, type Filter } from '../lib/alarm/filter';
import { alarmWords, reasonWord } from '../lib/alarm/words';
import { shortAreaName } from '../lib/city/cameras';
import { ask, Problem } from '../lib/http/api';
import { Attempts } from '../lib/http/attempt';
import { operator, store } from '../lib/session/memory';
import { Session } from '../lib/session/session.svelte';
import { momentText } from '../lib/time/civic';
import type { Deed, DeskDictionary } from './words/dictionary';
import { en } from './words/en';
import { vi } from './words/vi';

export const DESK_KEYS = [
  'city',
  'location/*',
  'area/*',
  'subsystem/*',
  'alarm/*',
  'alarmgroup/*',
  'window/*',
  'system',
];

const dictionaries: Record<'vi' | 'en', DeskDictionary> = { vi, en };

/** What is to be done, and to what: the dialog asks for the rest. */
export interface Wish {
  deed: Deed;
  alarms: readonly Alarm[];
  /** Of mute: the device. Of cancel: the window. */
  id?: string;
  name?: string;
  /** What to go on with when it is done. */
  next?: Alarm;
}

/** Statuses after which the same key must be asked again: whether it was done is not known. */
const unsure = (status: number) => status === 0 || status === 408 || status === 429 || status >= 500;

/** Everything that the components of the desk share. */
export class Desk extends Session {
  readonly w = $derived(dictionaries[this.words.language]);
  tab = $state<'alarms' | 'maintenance'>('alarms');
  filter = $state<Filter>({ ...NO_FILTER });
  /** In a flood the list tells causes, unless somebody wants single alarms. */
  grouped = $state<boolean | undefined>(undefined);
  /** Only the alarms of this cause. */
  cause = $state.raw<Pick<AlarmGroup, 'reason' | 'area'> | undefined>(undefined);
  selected = $state.raw<Alarm | undefined>(undefined);
  readonly chosen = new SvelteSet<string>();
  wish = $state.raw<Wish | undefined>(undefined);
  operator = $state(operator());
  /** Somebody asked who is on duty, or wants to do something and never said it. */
  asking = $state(false);
  notice = $state('');
  readonly narrow = $derived.by(() => this.width < 900);
  width = $state(innerWidth);
  readonly #attempts = new Attempts();
  /** The alarm that a message linked to, until it was found. */
  #linked: string | null;

  constructor(query: URLSearchParams) {
    super(query);
    this.#linked = query.get('alarm');
  }

  /** The selected alarm as it is now; as it was last, once it is off the list. */
  readonly current = $derived(this.selected && (this.city.alarms.get(this.selected.id) ?? this.selected));

  /** Opens the alarm that the address names, on the list or off it. */
  protected override connected(): void {
    const id = this.#linked;
    this.#linked = null;
    if (id === null) return;
    this.selected = this.city.alarms.get(id);
    if (this.selected === undefined) void this.#find(id);
  }

  async #find(id: string): Promise<void> {
    try {
      this.selected = asAlarm(id, await ask(`/api/v1/alarms/${encodeURIComponent(id)}`));
    } catch (error) {
      this.notice = `${this.w.failed.story}: ${this.problem(error)}`;
    }
  }

  nameOperator(name: string): void {
    this.operator = store('operator', name.trim());
    this.asking = false;
  }

  /** Begins to do something; who does it is asked once. */
  want(wish: Wish): void {
    this.notice = '';
    this.wish = wish;
    this.asking = this.operator === '';
  }

  /**
   * Has the center do something, and waits for what became of it. The same again after a failure has
   * the same key, so that it is done once.
   */
  async send(
    method: 'POST' | 'DELETE',
    path: string,
    body: object,
    query: Record<string, string> = {},
  ): Promise<unknown> {
    const what = { ...body, ...query };
    const key = this.#attempts.keyOf(path, what);
    try {
      const sent = method === 'POST' ? { body: { actor: this.operator, ...body } } : {};
      const answer = await ask(path, { method, query, key, ...sent });
      this.#attempts.answered(path, what);
      return answer;
    } catch (error) {
      if (error instanceof Problem && !unsure(error.status)) this.#attempts.answered(path, what);
      throw error;
    }
  }

  /** What went wrong, and where. */
  problem(error: unknown): string {
    if (!(error instanceof Problem)) return String(error);
    if (error.status !== 0) return this.w.failed.said(error.status, error.message);
    return error.message === 'timeout' ? this.w.failed.timeout : this.w.failed.unreachable;
  }

  /** What and where, in short. */
  say(alarm: Alarm): { what: string; where: string } {
    return alarmWords(alarm, this.words, {
      location: this.city.locations.get(alarm.location)?.name,
      subsystem: this.subsystemName(alarm.subsystem),
    });
  }

  title(alarm: Alarm): string {
    const { what, where } = this.say(alarm);
    return alarm.title[this.words.language] || `${what} – ${where}`;
  }

  causeName({ reason, area }: Pick<AlarmGroup, 'reason' | 'area'>): string {
    const what = reasonWord(reason, this.words) ?? this.words.reason(reason);
    return area === '' ? what : `${what} · ${shortAreaName(this.placeName(area))}`;
  }

  /** What of an alarm the search looks at. */
  searchable(alarm: Alarm): string {
    const { what, where } = this.say(alarm);
    const { id, device, assignee, comment, contractor } = alarm;
    const place = `${this.placeName(alarm.location)} ${this.placeName(alarm.area)}`;
    return [id, device, what, where, this.title(alarm), place, assignee, comment, contractor].join(' ');
  }

  moment(ms: number | undefined): string {
    return ms === undefined ? '' : momentText(ms, this.now ?? ms, this.offset);
  }
}
