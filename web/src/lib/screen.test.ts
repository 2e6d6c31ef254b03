import { expect, it } from 'vitest';
import { mountingOf, scaleFor } from './screen';

it('shows the same on screens of the same shape', () => {
  expect(scaleFor({ width: 1920, height: 1080 })).toEqual({ layout: 'wall', rem: 18, legible: true });
  expect(scaleFor({ width: 3840, height: 2160 })).toEqual({ layout: 'wall', rem: 36, legible: true });
});

it('is one column on a phone and on a screen that stands upright', () => {
  expect(scaleFor({ width: 390, height: 844 }).layout).toBe('stack');
  expect(scaleFor({ width: 1080, height: 1920 })).toMatchObject({ layout: 'stack', rem: 18 });
});

it('writes larger for those who stand farther away, and says when that is not enough', () => {
  const wall = { width: 3840, height: 2160 };
  const near = scaleFor(wall, { heightMm: 2_000, distanceM: 3 });
  const far = scaleFor(wall, { heightMm: 2_000, distanceM: 5.5 });
  const tooFar = scaleFor(wall, { heightMm: 700, distanceM: 8 });
  expect(near).toEqual(scaleFor(wall));
  expect(far.rem).toBeGreaterThan(near.rem);
  expect(far.legible).toBe(true);
  expect(tooFar.legible).toBe(false);
});

it('knows its mounting only if the address says all of it', () => {
  expect(mountingOf(new URLSearchParams('height_mm=680&distance_m=3'))).toEqual({ heightMm: 680, distanceM: 3 });
  expect(mountingOf(new URLSearchParams('height_mm=680'))).toBeUndefined();
  expect(mountingOf(new URLSearchParams('height_mm=x&distance_m=3'))).toBeUndefined();
});
