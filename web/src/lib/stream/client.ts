import { backoff } from './backoff';
import { ServerClock } from './clock';
import { step, subscribing, type Follow, type Patch } from './follow';
import { freshLink, SILENCE_MS, type Link } from './link';
import { parseFrame, PROTOCOL, type ErrorFrame, type Frame, type HeartbeatFrame, type Steer } from './protocol';

const ID = 'w1';
const REPORT_MS = 10_000;
const WATCH_MS = 1_000;
const CONNECT_MS = 8_000;
const RESYNC_MS = 1_000;

export interface StreamOptions {
  /** Asked for at each connection. */
  url: () => string;
  keys: readonly string[];
  /** The name by which the server knows this screen: a slug. */
  screen: string;
  build: string;
  /** One batch of changes. It is called once for each frame. */
  onPatch: (patch: Patch) => void;
  onLink: (link: Link) => void;
  /** Every heartbeat's time, as it was written. */
  onTime: (time: string) => void;
  /** Whether the screen is to be reported alive, which only a picture of the present is. */
  reports?: boolean;
  /** A clock that only runs forward, in ms. */
  mono?: () => number;
  /** This screen's own clock, ms since 1970. */
  now?: () => number;
  random?: () => number;
  open?: (url: string, protocol: string) => WebSocket;
}

/**
 * Follows the picture of the city: connects, subscribes, resumes after a loss, notices gaps and
 * silence, and reports the screen alive. It keeps trying until it is closed.
 */
export class StreamClient {
  readonly clock = new ServerClock();
  readonly #o: Required<StreamOptions>;
  #link: Link;
  #follow: Follow = subscribing(undefined);
  #socket: WebSocket | undefined;
  #openedAt = 0;
  #askedAt = 0;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #resync: ReturnType<typeof setTimeout> | undefined;
  readonly #timers: ReturnType<typeof setInterval>[];

  constructor(options: StreamOptions) {
    this.#o = {
      mono: () => performance.now(),
      now: () => Date.now(),
      random: () => Math.random(),
      reports: true,
      open: (url, protocol) => new WebSocket(url, protocol),
      ...options,
    };
    this.#link = freshLink(this.#o.mono());
    this.#timers = [setInterval(() => this.#watch(), WATCH_MS), setInterval(() => this.#report(), REPORT_MS)];
    this.#connect();
  }

  close(): void {
    this.#timers.forEach(clearInterval);
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Steers a stream that plays the past. What is said while there is no connection is lost. */
  steer(frame: Steer): void {
    this.#send(frame);
  }

  #connect(): void {
    const socket = this.#o.open(this.#o.url(), PROTOCOL);
    this.#socket = socket;
    this.#openedAt = this.#askedAt = this.#o.mono();
    socket.onopen = () => this.#subscribe();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') this.#receive(event.data);
    };
    socket.onclose = () => this.#lost();
  }

  /** Forgets the socket at once, whatever it still has to say: a dead one may take minutes to close. */
  #drop(): void {
    clearTimeout(this.#resync);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost(): void {
    this.#drop();
    this.#outOfStep();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), backoff(this.#attempt++, this.#o.random()));
  }

  #watch(): void {
    if (this.#socket === undefined) return;
    const mono = this.#o.mono();
    const quietSince = Math.max(this.#openedAt, this.#link.heardAt ?? 0);
    const patience = this.#socket.readyState === 0 ? CONNECT_MS : SILENCE_MS;
    const unanswered = this.#follow.waiting && mono - this.#askedAt > SILENCE_MS;
    if (mono - quietSince > patience || unanswered) this.#lost();
  }

  #subscribe(): void {
    clearTimeout(this.#resync);
    const at = this.#follow.at;
    this.#follow = subscribing(at);
    this.#askedAt = this.#o.mono();
    this.#send({ op: 'subscribe', id: ID, keys: this.#o.keys, ...(at && { resume: at }) });
  }

  #receive(text: string): void {
    const mono = this.#o.mono();
    this.#update({ heardAt: mono });
    const frame = parseFrame(text);
    if (frame === undefined) return;
    if (frame.op === 'heartbeat') this.#beat(frame, mono);
    if (frame.op === 'error' && frame.code !== 'resync') return this.#refused(frame);
    this.#take(frame, mono);
  }

  #take(frame: Frame, mono: number): void {
    const next = step(this.#follow, ID, frame);
    this.#follow = next.follow;
    if (next.patch) this.#o.onPatch(next.patch);
    if (next.synced) {
      this.#attempt = 0;
      const synced = this.#link.everInStep ? { at: mono, synced: next.synced } : undefined;
      this.#update({ inStep: true, everInStep: true, refused: undefined, ...(synced && { synced }) });
    }
    if (next.resubscribe === 'now') {
      this.#outOfStep();
      this.#subscribe();
    }
    if (next.resubscribe === 'later') {
      this.#outOfStep();
      clearTimeout(this.#resync);
      this.#resync = setTimeout(() => this.#subscribe(), RESYNC_MS * (0.5 + this.#o.random()));
    }
  }

  #beat(frame: HeartbeatFrame, mono: number): void {
    this.clock.sample(Date.parse(frame.time), mono);
    this.#o.onTime(frame.time);
    this.#update({ heartbeat: { at: mono, ingest: frame.ingest, dataAgeMs: frame.data_age_ms } });
  }

  /** A refused subscription is tried again on a new connection; a refused report does no harm. */
  #refused(frame: ErrorFrame): void {
    this.#update({ refused: `${frame.code}: ${frame.message}` });
    if (frame.id === ID) this.#lost();
  }

  #report(): void {
    const at = this.#follow.at;
    const server = this.clock.at(this.#o.mono());
    if (!this.#o.reports || !this.#link.inStep || at === undefined || server === undefined) return;
    this.#send({
      op: 'report',
      screen: this.#o.screen,
      build: this.#o.build,
      seqs: { [ID]: at.seq },
      clock_offset_ms: Math.round(this.#o.now() - server),
    });
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #outOfStep(): void {
    if (this.#link.inStep) this.#update({ inStep: false, inStepAt: this.#o.mono() });
  }

  #update(change: Partial<Link>): void {
    this.#link = { ...this.#link, ...change };
    this.#o.onLink(this.#link);
  }
}
