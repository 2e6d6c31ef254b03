/** The address of a WebSocket of the center that served the page. */
export function socketAddress(path: string): string {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

/** The build is the hash in the name of the built file; a page under development has none. */
export function buildOf(url: string): string {
  return /-([\w-]{8})\.js$/.exec(new URL(url).pathname)?.[1] ?? 'dev';
}
