import { describe, expect, it } from 'vitest';
import type { Status } from './status';
import { HOLD_MS, tileGrid, TileOrder } from './tiles';

const tiles = (statuses: Record<string, Status>) => Object.entries(statuses).map(([id, status]) => ({ id, status }));

describe('the order of tiles', () => {
  it('is worst first, and fixed among equals', () => {
    const order = new TileOrder();
    const now = tiles({ new: 'ok', c: 'ok', b: 'warning', a: 'ok', d: 'critical' });
    expect(order.arrange(now, ['a', 'b', 'c', 'd'], 0)).toEqual(['d', 'b', 'a', 'c', 'new']);
  });

  it('changes at once for the worse, and only after a while for the better', () => {
    const order = new TileOrder();
    const places = ['a', 'b'];
    order.arrange(tiles({ a: 'ok', b: 'ok' }), places, 0);
    expect(order.arrange(tiles({ a: 'ok', b: 'warning' }), places, 1)).toEqual(['b', 'a']);
    expect(order.arrange(tiles({ a: 'ok', b: 'ok' }), places, 10)).toEqual(['b', 'a']);
    expect(order.arrange(tiles({ a: 'ok', b: 'ok' }), places, 9 + HOLD_MS)).toEqual(['b', 'a']);
    expect(order.arrange(tiles({ a: 'ok', b: 'ok' }), places, 10 + HOLD_MS)).toEqual(['a', 'b']);
  });

  it('keeps one that flaps in its place', () => {
    const order = new TileOrder();
    for (let t = 0; t < 10 * HOLD_MS; t += HOLD_MS / 2) {
      const b = (t / HOLD_MS) % 1 === 0 ? 'critical' : 'ok';
      expect(order.arrange(tiles({ a: 'ok', b }), ['a', 'b'], t)).toEqual(['b', 'a']);
    }
  });

  it('forgets who was retired', () => {
    const order = new TileOrder();
    order.arrange(tiles({ a: 'ok', b: 'critical' }), ['a', 'b'], 0);
    expect(order.arrange(tiles({ a: 'ok' }), ['a'], 1)).toEqual(['a']);
    expect(order.arrange(tiles({ a: 'ok', b: 'ok' }), ['a', 'b'], 2)).toEqual(['a', 'b']);
  });
});

describe('the grid of tiles', () => {
  it.each([1, 6, 12, 13, 16])('has room for %i subsystems and two figures on each', (count) => {
    const grid = tileGrid(count, 38, 46.5);
    expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(count);
    expect(grid.figures).toBeGreaterThanOrEqual(2);
  });

  it('gives figures up for room, and then tiles', () => {
    expect(tileGrid(24, 38, 46.5)).toMatchObject({ columns: 3, rows: 8, figures: 1 });
    const grid = tileGrid(60, 38, 46.5);
    expect(grid.columns * grid.rows).toBeLessThan(60);
  });

  it('lays out even where there is no room yet', () => {
    expect(tileGrid(0, 0, 0)).toEqual({ columns: 1, rows: 1, figures: 1 });
  });
});
