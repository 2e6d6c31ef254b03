import type { Point } from './project';

/** A rectangle in px. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Wish {
  id: string;
  text: string;
  at: Point;
}

export interface Label {
  id: string;
  text: string;
  /** Middle of the left, middle or right end of the text, as anchor says. */
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
  box: Box;
}

export interface LabelRules {
  width: number;
  height: number;
  /** From a marker's middle to its label. */
  distance: number;
  /** Height of a line. */
  line: number;
  measure: (text: string) => number;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The square around a point. */
export function around(at: Point, radius: number): Box {
  return { x: at.x - radius, y: at.y - radius, width: 2 * radius, height: 2 * radius };
}

/**
 * Places labels beside their markers, the most important first, so that none covers what is taken
 * or another label or leaves the frame, and each covers as little as possible of what is calm.
 * Whoever finds no room gets none: the list has the name.
 */
export function placeLabels(
  wishes: readonly Wish[],
  taken: readonly Box[],
  calm: readonly Box[],
  rules: LabelRules,
): Label[] {
  const blocked = [...taken];
  const labels: Label[] = [];
  for (const wish of wishes) {
    const free = candidates(wish, rules).filter(
      ({ box }) => inside(box, rules) && !blocked.some((other) => overlaps(box, other)),
    );
    const label = leastOver(free, calm);
    if (label === undefined) continue;
    labels.push(label);
    blocked.push(label.box);
  }
  return labels;
}

/** The first of the labels that cover the fewest of the boxes. */
function leastOver(labels: readonly Label[], boxes: readonly Box[]): Label | undefined {
  let best: Label | undefined;
  let fewest = Infinity;
  for (const label of labels) {
    const covered = boxes.filter((box) => overlaps(label.box, box)).length;
    if (covered < fewest) [best, fewest] = [label, covered];
  }
  return best;
}

function inside(box: Box, rules: LabelRules): boolean {
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= rules.width && box.y + box.height <= rules.height;
}

function candidates(wish: Wish, rules: LabelRules): Label[] {
  const { distance: d, line } = rules;
  const width = rules.measure(wish.text);
  const spots: [dx: number, dy: number, anchor: Label['anchor']][] = [
    [d, 0, 'start'],
    [-d, 0, 'end'],
    [0, -d - line * 0.35, 'middle'],
    [0, d + line * 0.35, 'middle'],
    [d * 0.8, -d * 0.9, 'start'],
    [d * 0.8, d * 0.9, 'start'],
    [-d * 0.8, -d * 0.9, 'end'],
    [-d * 0.8, d * 0.9, 'end'],
  ];
  return spots.map(([dx, dy, anchor]) => {
    const x = wish.at.x + dx;
    const y = wish.at.y + dy;
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    return { id: wish.id, text: wish.text, x, y, anchor, box: { x: left, y: y - line / 2, width, height: line } };
  });
}
