import { expect, it } from 'vitest';
import { layoutCells, type CellField, type CellGroup } from './cells';

const limits = { largest: 40, smallest: 12, grouped: 20, label: 100 };
const asIs = (ids: string[]) => ids;

function group(id: string, n: number): CellGroup {
  return { id, label: id, members: Array.from({ length: n }, (_, i) => `${id}-${i}`) };
}

function inside(field: CellField, width: number, height: number): boolean {
  return field.cells.every((c) => c.x >= 0 && c.y >= 0 && c.x + field.pitch <= width && c.y + field.pitch <= height);
}

function distinct(field: CellField): boolean {
  return new Set(field.cells.map((c) => `${c.x} ${c.y}`)).size === field.cells.length;
}

it('gives every group rows of its own while they fit', () => {
  const field = layoutCells([group('a', 60), group('b', 30)], 900, 300, limits, asIs);
  expect(field.labels.map((label) => label.text)).toEqual(['a', 'b']);
  expect(field.cells).toHaveLength(90);
  expect(field.left).toEqual([]);
  expect(inside(field, 900, 300)).toBe(true);
  expect(distinct(field)).toBe(true);
});

it('gives groups up for room, and shows everyone', () => {
  const groups = Array.from({ length: 40 }, (_, i) => group(`g${i}`, 15));
  const field = layoutCells(groups, 900, 300, limits, asIs);
  expect(field.labels).toEqual([]);
  expect(field.cells).toHaveLength(600);
  expect(inside(field, 900, 300)).toBe(true);
  expect(distinct(field)).toBe(true);
});

it('shows the worst of ten thousand, and tells who is left out', () => {
  const field = layoutCells([group('a', 10_000)], 900, 300, limits, (ids) => [...ids].reverse());
  expect(field.pitch).toBe(12);
  expect(field.cells).toHaveLength(75 * 25);
  expect(field.cells[0]?.id).toBe('a-9999');
  expect(field.left).toHaveLength(10_000 - 75 * 25);
  expect(inside(field, 900, 300)).toBe(true);
});

it('lays nothing out where there is no room yet', () => {
  expect(layoutCells([group('a', 3)], 0, 0, limits, asIs).cells).toEqual([]);
  expect(layoutCells([], 900, 300, limits, asIs).cells).toEqual([]);
});
