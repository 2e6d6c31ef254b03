/** Widths of texts in the wall's face, in px, each measured once. */
export function textWidths(px: number, weight: number): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (context) context.font = `${weight} ${px}px Inter, sans-serif`;
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context?.measureText(text).width ?? text.length * px * 0.55;
      known.set(text, width);
    }
    return width;
  };
}
