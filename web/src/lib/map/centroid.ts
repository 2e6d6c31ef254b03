import type { Place } from './project';

/** The middle of the places of each area, in order of area. */
export function centroids(places: readonly (Place & { area: string })[]): { area: string; place: Place }[] {
  const sums = new Map<string, { lat: number; lon: number; n: number }>();
  for (const { area, lat, lon } of places) {
    if (area === '') continue;
    const sum = sums.get(area) ?? { lat: 0, lon: 0, n: 0 };
    sums.set(area, { lat: sum.lat + lat, lon: sum.lon + lon, n: sum.n + 1 });
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([area, { lat, lon, n }]) => ({ area, place: { lat: lat / n, lon: lon / n } }));
}
