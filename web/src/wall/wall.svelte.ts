import { City } from '../lib/city/city.svelte';
import { LegendKeeper } from '../lib/city/legendkeeper';
import { readable, Words, type Language } from '../lib/i18n/words.svelte';
import { mountingOf, type Mounting } from '../lib/screen';
import { StreamClient } from '../lib/stream/client';
import type { Patch } from '../lib/stream/follow';
import { dataAge, freshLink, freshness, type Link } from '../lib/stream/link';
import { offsetOf } from '../lib/time/civic';
import { recall, screenName, store, THEMES, type Theme } from './memory';

const LEGEND = '/api/v1/legend';
const LEGEND_MS = 8_000;
const KEYS = ['city', 'location/*', 'device/*', 'subsystem/*', 'event/*', 'system', 'area/*'];

/** What the pointer or the focus is on, and where that is on the page. */
export interface Hint {
  kind: 'device' | 'location' | 'subsystem';
  id: string;
  at: DOMRect;
}

/** Everything that the components share: the picture, the words, the link and the time. */
export class Wall {
  readonly city = new City();
  readonly words = new Words();
  readonly screen: string;
  readonly mounting: Mounting | undefined;
  theme = $state<Theme>('light');
  layout = $state<'wall' | 'stack'>('wall');
  /** px of one rem. */
  rem = $state(16);
  legible = $state(true);
  hint = $state.raw<Hint | undefined>(undefined);
  /** The clock that only runs forward, in ms, once a second. */
  mono = $state(performance.now());
  /** The server's clock, ms since 1970, once a second; undefined before the first heartbeat. */
  now = $state<number | undefined>(undefined);
  #heartbeatOffset = $state<number | undefined>(undefined);
  /** The civic zone's offset from UTC in minutes, from heartbeats or else from the system's own times. */
  readonly offset = $derived(this.#heartbeatOffset ?? this.city.zone);
  link = $state.raw(freshLink(performance.now()));
  readonly freshness = $derived(freshness(this.link, this.mono));
  readonly dataAge = $derived(dataAge(this.link, this.mono));
  /** What is shown is not the present. */
  readonly outdated = $derived(this.freshness === 'lost' || this.freshness === 'blind' || !this.link.inStep);
  #stream: StreamClient | undefined;
  readonly #names = new LegendKeeper({ load: loadLegend, onLegend: (legend) => (this.city.legend = legend) });

  constructor(query: URLSearchParams) {
    this.screen = screenName(query);
    this.mounting = mountingOf(query);
    this.words.language = recall<Language>('language', query, ['vi', 'en']);
    this.theme = recall('theme', query, THEMES);
  }

  start(url: string): void {
    this.#stream = new StreamClient({
      url,
      keys: KEYS,
      screen: this.screen,
      build: buildOf(import.meta.url),
      onPatch: (patch) => this.#apply(patch),
      onLink: (link) => this.#follow(link),
      onTime: (time) => this.#setZone(time),
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

  #apply(patch: Patch): void {
    this.city.apply(patch);
    if (patch.changes.some(({ key }) => key.startsWith('subsystem/'))) this.#names.check(this.city.subsystems.values());
  }

  #follow(link: Link): void {
    const connected = link.inStep && !this.link.inStep;
    this.link = link;
    if (connected) this.#names.connected();
  }

  #setZone(time: string): void {
    this.#heartbeatOffset = offsetOf(time);
    if (this.now === undefined) this.#readClocks();
  }

  #readClocks(): void {
    this.mono = performance.now();
    this.now = this.#stream?.clock.at(this.mono);
  }

  // Ticks with the server's seconds, so that walls side by side change together.
  #tick(): void {
    this.#readClocks();
    const past = (this.now ?? this.mono) % 1000;
    setTimeout(() => this.#tick(), 1000 - past + 5);
  }
}

async function loadLegend(): Promise<unknown> {
  const response = await fetch(LEGEND, { signal: AbortSignal.timeout(LEGEND_MS) });
  if (!response.ok) throw new Error(`${LEGEND}: ${response.status}`);
  return response.json();
}

/** The build is the hash in the name of the built file; a page under development has none. */
function buildOf(url: string): string {
  return /-([\w-]{8})\.js$/.exec(new URL(url).pathname)?.[1] ?? 'dev';
}
