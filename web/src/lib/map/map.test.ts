import { describe, expect, it } from 'vitest';
import { centroids } from './centroid';
import { around, overlaps, placeLabels, type LabelRules } from './labels';
import { fit, scaleBar } from './project';

describe('the projection', () => {
  const places = [
    { lat: 21.298, lon: 105.333 },
    { lat: 21.371, lon: 105.441 },
  ];

  it('fits every place inside the margin, north up and east right', () => {
    const { project } = fit(places, 900, 700, 40);
    const [southWest, northEast] = places.map(project);
    expect(southWest?.x).toBeCloseTo(40);
    expect(northEast?.x).toBeCloseTo(860);
    expect(southWest && northEast && southWest.y > northEast.y).toBe(true);
    for (const point of [southWest, northEast]) {
      expect(point && point.y >= 40 && point.y <= 660).toBe(true);
    }
  });

  it('is true to scale in both directions', () => {
    const { project, scale } = fit(places, 900, 700, 40);
    const origin = project({ lat: 21.3345, lon: 105.387 });
    const north = project({ lat: 21.3345 + 1 / 111.195, lon: 105.387 });
    expect(origin.y - north.y).toBeCloseTo(scale);
    const kmPerLon = 111.195 * Math.cos((21.3345 * Math.PI) / 180);
    const east = project({ lat: 21.3345, lon: 105.387 + 1 / kmPerLon });
    expect(east.x - origin.x).toBeCloseTo(scale, 3);
  });

  it('puts a single place in the middle, and bears none', () => {
    expect(fit([{ lat: 21.3, lon: 105.4 }], 900, 700, 40).project({ lat: 21.3, lon: 105.4 })).toEqual({
      x: 450,
      y: 350,
    });
    expect(Number.isFinite(fit([], 900, 700, 40).scale)).toBe(true);
  });
});

it('chooses a round length for the scale bar', () => {
  expect(scaleBar(70, 160)).toEqual({ km: 2, px: 140 });
  expect(scaleBar(400, 160)).toEqual({ km: 0.2, px: 80 });
  expect(scaleBar(20, 160)).toEqual({ km: 5, px: 100 });
});

describe('labels', () => {
  const rules: LabelRules = { width: 400, height: 200, distance: 12, line: 16, measure: (text) => text.length * 8 };

  it('stand beside their markers, the first to the right', () => {
    const [label] = placeLabels([{ id: 'a', text: 'Ga', at: { x: 100, y: 100 } }], [], [], rules);
    expect(label).toMatchObject({ x: 112, y: 100, anchor: 'start' });
  });

  it('never cover a marker or each other or leave the frame', () => {
    const wishes = Array.from({ length: 30 }, (_, i) => ({
      id: `l${i}`,
      text: 'Đại lộ Hùng Vương',
      at: { x: (i * 67) % 400, y: (i * 41) % 200 },
    }));
    const markers = wishes.map(({ at }) => around(at, 8));
    const labels = placeLabels(wishes, markers, [], rules);
    expect(labels.length).toBeGreaterThan(0);
    for (const [i, { box }] of labels.entries()) {
      expect(markers.some((marker) => overlaps(marker, box))).toBe(false);
      expect(labels.some((other, j) => i !== j && overlaps(other.box, box))).toBe(false);
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 400 && box.y + box.height <= 200).toBe(true);
    }
  });

  it('prefer to cover nothing, and otherwise cover what is calm', () => {
    const wish = { id: 'a', text: 'Ga', at: { x: 100, y: 100 } };
    const right = around({ x: 118, y: 100 }, 4);
    expect(placeLabels([wish], [], [right], rules)[0]?.anchor).toBe('end');
    const everywhere = { x: 0, y: 0, width: 400, height: 200 };
    expect(placeLabels([wish], [], [everywhere], rules)).toHaveLength(1);
    expect(placeLabels([wish], [everywhere], [], rules)).toHaveLength(0);
  });
});

it('finds the middle of each area', () => {
  const places = [
    { area: 'b', lat: 1, lon: 1 },
    { area: 'a', lat: 2, lon: 10 },
    { area: 'a', lat: 4, lon: 20 },
    { area: '', lat: 9, lon: 9 },
  ];
  expect(centroids(places)).toEqual([
    { area: 'a', place: { lat: 3, lon: 15 } },
    { area: 'b', place: { lat: 1, lon: 1 } },
  ]);
});
