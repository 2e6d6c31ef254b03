/** Every status, worst first: the order in which boards show them. */
export const STATUSES = ['critical', 'warning', 'stale', 'unknown', 'maintenance', 'ok'] as const;

export type Status = (typeof STATUSES)[number];

export type Counts = Record<Status, number>;

const known: ReadonlySet<string> = new Set(STATUSES);

/** Reads a status. What is not one is unknown, so that nothing is ever ok for want of being told. */
export function asStatus(value: unknown): Status {
  return typeof value === 'string' && known.has(value) ? (value as Status) : 'unknown';
}

/** Place in the order of STATUSES: 0 is the worst. */
export function rank(status: Status): number {
  return STATUSES.indexOf(status);
}

export function noCounts(): Counts {
  return { critical: 0, warning: 0, stale: 0, unknown: 0, maintenance: 0, ok: 0 };
}

export function asCounts(value: unknown): Counts {
  const counts = noCounts();
  if (typeof value !== 'object' || value === null) return counts;
  for (const status of STATUSES) {
    const n = (value as Record<string, unknown>)[status];
    if (typeof n === 'number' && Number.isFinite(n)) counts[status] = n;
  }
  return counts;
}

export function total(counts: Counts): number {
  return STATUSES.reduce((sum, status) => sum + counts[status], 0);
}
