import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between the browser and the center that can be cut, or go silent as a dead link does. */
export class Wire {
  readonly #server;
  readonly #pairs = new Set<[Socket, Socket]>();
  #state: 'whole' | 'cut' | 'silent' = 'whole';

  private constructor(readonly target: URL) {
    this.#server = createServer((inner) => this.#join(inner));
  }

  static async to(target: URL): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Every connection breaks, and new ones are refused. */
  cut(): void {
    this.#state = 'cut';
    this.#drop();
  }

  /** Connections stay, and nothing comes through any more. */
  silence(): void {
    this.#state = 'silent';
    for (const pair of this.#pairs) {
      for (const socket of pair) socket.unpipe().pause();
    }
  }

  mend(): void {
    if (this.#state === 'silent') this.#drop();
    this.#state = 'whole';
  }

  async close(): Promise<void> {
    this.#drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #drop(): void {
    for (const pair of this.#pairs) {
      for (const socket of pair) socket.destroy();
    }
  }

  #join(inner: Socket): void {
    if (this.#state === 'cut') return void inner.destroy();
    const outer = connect(Number(this.target.port), this.target.hostname);
    const pair: [Socket, Socket] = [inner, outer];
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#pairs.delete(pair);
        pair.forEach((end) => end.destroy());
      });
    }
    if (this.#state === 'silent') return;
    inner.pipe(outer);
    outer.pipe(inner);
  }
}
