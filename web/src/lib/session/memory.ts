/** What a screen remembers of itself: its name, its language and its theme. */

export const THEMES = ['light', 'dim'] as const;
export type Theme = (typeof THEMES)[number];

const SLUG = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** The choice in the address, else the remembered one, else the first. */
export function recall<T extends string>(name: string, query: URLSearchParams, choices: readonly [T, ...T[]]): T {
  const wanted = query.get(name) ?? read(name);
  return choices.find((choice) => choice === wanted) ?? choices[0];
}

/** The screen's name from ?screen=, else the remembered one, else one that is made up once. */
export function screenName(query: URLSearchParams): string {
  for (const name of [query.get('screen'), read('screen')]) {
    if (name !== null && SLUG.test(name)) return store('screen', name);
  }
  return store('screen', `wall-${Math.random().toString(36).slice(2, 8)}`);
}

export function store(name: string, value: string): string {
  try {
    localStorage.setItem(`opscenter.${name}`, value);
  } catch {
    // a kiosk may forbid storage; then the address must say it
  }
  return value;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`opscenter.${name}`);
  } catch {
    return null;
  }
}

/** Who works at this screen, as they said once; empty before that. Until there are accounts it is a word. */
export function operator(): string {
  return read('operator')?.trim() ?? '';
}
