/** An equirectangular projection, true to scale at its middle latitude: right for a city. */

export interface Point {
  x: number;
  y: number;
}

export interface Place {
  lat: number;
  lon: number;
}

export interface Projection {
  project: (place: Place) => Point;
  /** px per kilometre. */
  scale: number;
}

const KM_PER_DEGREE = 111.195; // of latitude, on a sphere of 6,371 km

/** A city of one place is shown as if it were so large, in km. */
const LEAST_KM = 0.5;

/** Fits places into a rectangle in px, with room of margin around them, north up. */
export function fit(places: readonly Place[], width: number, height: number, margin: number): Projection {
  const lats = places.map((p) => p.lat);
  const lons = places.map((p) => p.lon);
  const south = Math.min(...lats);
  const north = Math.max(...lats);
  const west = Math.min(...lons);
  const east = Math.max(...lons);
  const lat0 = places.length > 0 ? (south + north) / 2 : 0;
  const lon0 = places.length > 0 ? (west + east) / 2 : 0;
  const kmPerLon = KM_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const wide = Math.max(LEAST_KM, (east - west) * kmPerLon || 0);
  const tall = Math.max(LEAST_KM, (north - south) * KM_PER_DEGREE || 0);
  const scale = Math.max(1, Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall));
  return {
    scale,
    project: ({ lat, lon }) => ({
      x: width / 2 + (lon - lon0) * kmPerLon * scale,
      y: height / 2 - (lat - lat0) * KM_PER_DEGREE * scale,
    }),
  };
}

/** The longest of 1, 2 or 5 times a power of ten km that is no wider than widest px. */
export function scaleBar(scale: number, widest: number): { km: number; px: number } {
  const most = widest / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const km = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  return { km, px: km * scale };
}
