import { City } from '../city/city.svelte';
import { LegendKeeper } from '../city/legendkeeper';
import { ask } from '../http/api';
import { readable, Words, type Language } from '../i18n/words.svelte';
import { StreamClient } from '../stream/client';
import type { Patch } from '../stream/follow';
import { dataAge, freshLink, freshness, type Link } from '../stream/link';
import type { Steer } from '../stream/protocol';
import { offsetOf } from '../time/civic';
import { socketAddress } from './address';
import { recall, screenName, store, THEMES, type Theme } from './memory';

const LEGEND = '/api/v1/legend';
const LEGEND_MS = 8_000;
const STREAM = '/api/v1/stream';
const TICK_MS = 1000;

export interface Following {
  keys: readonly string[];
  /** By which the server tells builds apart. */
  build: string;
}

/**
 * What every page shares: the picture, the words, the theme, the link and the time. A page that shows
 * another time than the present says so by overriding what is protected here.
 */
export class Session {
  readonly city = new City();
  readonly words = new Words();
  readonly screen: string;
  theme = $state<Theme>('light');
  /** The clock that only runs forward, in ms, once a tick. */
  mono = $state(performance.now());
  /** The server's clock, ms since 1970, once a tick; undefined before the first heartbeat. */
  now = $state<number | undefined>(undefined);
  #heartbeatOffset = $state<number | undefined>(undefined);
  /** The civic zone's offset from UTC in minutes, from heartbeats or else from the system's own times. */
  readonly offset = $derived(this.#heartbeatOffset ?? this.city.zone);
  link = $state.raw(freshLink(performance.now()));
  readonly freshness = $derived(freshness(this.link, this.mono));
  readonly dataAge = $derived(dataAge(this.link, this.mono));
  /** What is shown is not what it is meant to be: of the present, or of the moment that is replayed. */
  readonly outdated = $derived(this.freshness === 'lost' || this.freshness === 'blind' || !this.link.inStep);
  #stream: StreamClient | undefined;
  readonly #names = new LegendKeeper({ load: loadLegend, onLegend: (legend) => (this.city.legend = legend) });

  constructor(query: URLSearchParams) {
    this.screen = screenName(query);
    this.words.language = recall<Language>('language', query, ['vi', 'en']);
    this.theme = recall('theme', query, THEMES);
  }

  start({ keys, build }: Following): void {
    this.#stream = new StreamClient({
      url: () => socketAddress(this.streamPath()),
      keys,
      screen: this.screen,
      build,
      reports: this.reports,
      onPatch: (patch) => this.#apply(patch),
      onLink: (link) => this.#follow(link),
      onTime: (time) => this.#hear(time),
    });
    this.#tick();
  }

  setLanguage(language: Language): void {
    this.words.language = language;
    store('language', language);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store('theme', theme);
  }

  /** The age of something, in ms; undefined while the server's time is not known. */
  ageOf(at: number | undefined): number | undefined {
    return at === undefined || this.now === undefined ? undefined : Math.max(0, this.now - at);
  }

  /** The name of the location or area that an id stands for; what is neither is shown as it is. */
  placeName(id: string): string {
    return this.city.locations.get(id)?.name ?? this.city.areas.get(id)?.name ?? readable(id);
  }

  subsystemName(id: string): string {
    return this.words.name(this.city.subsystems.get(id)?.names, id);
  }

  protected get reports(): boolean {
    return true;
  }

  protected get tickMs(): number {
    return TICK_MS;
  }

  protected streamPath(): string {
    return STREAM;
  }

  /** What the clock of the page says. */
  protected clock(mono: number): number | undefined {
    return this.#stream?.clock.at(mono);
  }

  /** A heartbeat bore that time, in ms since 1970. */
  protected heard(time: number, mono: number): void {
    void [time, mono]; // of the present the stream's own clock takes care
  }

  /** The page came into step with the stream. */
  protected connected(): void {
    // what follows the present has nothing to say
  }

  protected steer(frame: Steer): void {
    this.#stream?.steer(frame);
  }

  protected readClocks(): void {
    this.mono = performance.now();
    this.now = this.clock(this.mono);
  }

  #apply(patch: Patch): void {
    this.city.apply(patch);
    if (patch.changes.some(({ key }) => key.startsWith('subsystem/'))) this.#names.check(this.city.subsystems.values());
  }

  #follow(link: Link): void {
    const connected = link.inStep && !this.link.inStep;
    this.link = link;
    if (!connected) return;
    this.#names.connected();
    this.connected();
  }

  #hear(time: string): void {
    this.#heartbeatOffset = offsetOf(time);
    this.heard(Date.parse(time), performance.now());
    if (this.now === undefined) this.readClocks();
  }

  // Ticks with the server's seconds, so that walls side by side change together.
  #tick(): void {
    this.readClocks();
    const past = (this.now ?? this.mono) % this.tickMs;
    setTimeout(() => this.#tick(), this.tickMs - past + 5);
  }
}

function loadLegend(): Promise<unknown> {
  return ask(LEGEND, { timeoutMs: LEGEND_MS });
}
