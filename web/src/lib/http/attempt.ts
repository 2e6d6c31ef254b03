/**
 * The keys of what a person wants done. As long as the same wish has not been answered it keeps its
 * key, however often the button is pressed: the center then does it once. Another wish, or the same
 * again after it was done, is given another key.
 */
export class Attempts {
  readonly #keys = new Map<string, string>();
  readonly #make: () => string;

  constructor(make: () => string = newKey) {
    this.#make = make;
  }

  /** The key for a wish, which is told by its address and its body. */
  keyOf(path: string, body: unknown): string {
    const wish = wishOf(path, body);
    const known = this.#keys.get(wish);
    if (known !== undefined) return known;
    const key = this.#make();
    this.#keys.set(wish, key);
    return key;
  }

  /** The wish was answered, so that the next is another one. */
  answered(path: string, body: unknown): void {
    this.#keys.delete(wishOf(path, body));
  }
}

function wishOf(path: string, body: unknown): string {
  return `${path} ${JSON.stringify(body)}`;
}

// crypto.randomUUID is for secure origins alone, and a desk may reach its center by plain HTTP.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
