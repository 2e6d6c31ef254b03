const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/**
 * How long to wait before an attempt to connect, in ms: twice as long each time up to ten seconds,
 * less up to a half at random, so that walls do not all come back at the same moment. The first
 * attempt is number 0; random is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full * (1 - random / 2);
}
