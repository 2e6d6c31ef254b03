/** How large the type of a wall is, so that it can be read from where people stand. */

export interface Viewport {
  width: number;
  height: number;
}

/** The wall of screens as it hangs: both are needed to judge, and both come from the address. */
export interface Mounting {
  /** Height of the picture in mm. */
  heightMm: number;
  /** From the picture to the farthest reader, in m. */
  distanceM: number;
}

export interface Scale {
  layout: 'wall' | 'stack';
  /** px of one rem. */
  rem: number;
  /** False if type would have to be larger than the layout bears for the given mounting. */
  legible: boolean;
}

/** Height of a capital of the smallest type, in rem: 0.83 rem of a face whose capitals are 0.727 em. */
const SMALLEST_CAPITAL = 0.83 * 0.727;

/** ISO 11064 and NUREG-0700 by secondary sources: mm of text height per metre of distance. */
const MM_PER_METRE = 4.65;

/** A wall is 60 by 100 rem at least at its loosest, and 46 by 80 at its tightest. */
const LOOSE = { height: 60, width: 100 };
const TIGHT = { height: 46, width: 80 };

/** Wide and high enough for everything at once: a wall. Else one column that scrolls. */
export function scaleFor(view: Viewport, mounting?: Mounting): Scale {
  if (view.width < 1000 || view.height < 560 || view.width < view.height * 1.2) {
    const rem = view.width >= 700 ? Math.max(16, view.width / 60) : 16;
    return { layout: 'stack', rem, legible: true };
  }
  const loose = Math.min(view.height / LOOSE.height, view.width / LOOSE.width);
  if (mounting === undefined) return { layout: 'wall', rem: loose, legible: true };
  const pxPerMm = view.height / mounting.heightMm;
  const needed = (MM_PER_METRE * mounting.distanceM * pxPerMm) / SMALLEST_CAPITAL;
  const tight = Math.min(view.height / TIGHT.height, view.width / TIGHT.width);
  return { layout: 'wall', rem: Math.min(Math.max(loose, needed), tight), legible: needed <= tight };
}

/** Reads ?height_mm=…&distance_m=… ; undefined unless both are numbers above 0. */
export function mountingOf(query: URLSearchParams): Mounting | undefined {
  const heightMm = Number(query.get('height_mm'));
  const distanceM = Number(query.get('distance_m'));
  return heightMm > 0 && distanceM > 0 ? { heightMm, distanceM } : undefined;
}
