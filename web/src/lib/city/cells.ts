/** Lays devices out as a field of equal cells that never scrolls. All lengths are in px. */

export interface CellGroup {
  id: string;
  label: string;
  /** Ids of devices, in order. */
  members: readonly string[];
}

export interface Cell {
  id: string;
  x: number;
  y: number;
}

export interface CellLabel {
  text: string;
  x: number;
  y: number;
}

export interface CellField {
  /** Distance between two cells. */
  pitch: number;
  cells: Cell[];
  labels: CellLabel[];
  /** Devices for which there is no room. */
  left: string[];
}

export interface CellLimits {
  /** No cell is larger than this, however few there are. */
  largest: number;
  /** No cell is smaller: what does not fit is left out. */
  smallest: number;
  /** Below this pitch groups are given up for room. */
  grouped: number;
  /** Width of the column of labels. */
  label: number;
}

/**
 * Lays out as many cells as possible as large as possible: with a row or several for each group
 * while that leaves them large enough, else all in one block. If even the smallest cells do not
 * fit, worst says in which order devices are shown.
 */
export function layoutCells(
  groups: readonly CellGroup[],
  width: number,
  height: number,
  limits: CellLimits,
  worst: (ids: string[]) => string[],
): CellField {
  const filled = groups.filter((group) => group.members.length > 0);
  const largest = Math.floor(limits.largest);
  for (let pitch = largest; pitch >= limits.grouped && filled.length > 1; pitch--) {
    const field = layoutGroups(filled, width, height, pitch, limits.label);
    if (field) return field;
  }
  const ids = filled.flatMap((group) => group.members);
  for (let pitch = largest; pitch > limits.smallest; pitch--) {
    if (capacity(width, height, pitch) >= ids.length) return layoutBlock(ids, width, height, pitch);
  }
  const room = capacity(width, height, limits.smallest);
  return layoutBlock(ids.length > room ? worst(ids) : ids, width, height, limits.smallest);
}

function capacity(width: number, height: number, pitch: number): number {
  return Math.max(0, Math.floor(width / pitch)) * Math.max(0, Math.floor(height / pitch));
}

function layoutBlock(ids: readonly string[], width: number, height: number, pitch: number): CellField {
  const columns = Math.max(1, Math.floor(width / pitch));
  const room = capacity(width, height, pitch);
  const cells = ids.slice(0, room).map((id, i) => ({
    id,
    x: (i % columns) * pitch,
    y: Math.floor(i / columns) * pitch,
  }));
  return { pitch, cells, labels: [], left: ids.slice(room) };
}

function layoutGroups(
  groups: readonly CellGroup[],
  width: number,
  height: number,
  pitch: number,
  label: number,
): CellField | undefined {
  const columns = Math.floor((width - label) / pitch);
  if (columns < 1) return undefined;
  const rows = groups.reduce((sum, group) => sum + Math.ceil(group.members.length / columns), 0);
  const spare = (height - rows * pitch) / (groups.length - 1);
  if (spare < pitch * 0.3) return undefined;
  const gap = Math.floor(Math.min(spare, pitch * 0.8));
  const cells: Cell[] = [];
  const labels: CellLabel[] = [];
  let y = 0;
  for (const group of groups) {
    labels.push({ text: group.label, x: 0, y: y + pitch / 2 });
    group.members.forEach((id, i) => {
      cells.push({ id, x: label + (i % columns) * pitch, y: y + Math.floor(i / columns) * pitch });
    });
    y += Math.ceil(group.members.length / columns) * pitch + gap;
  }
  return { pitch, cells, labels, left: [] };
}
