/** Keeps the size of type of a page that people sit at: larger on a screen of many pixels, never smaller. */
export function keepSize(tell: (width: number) => void): void {
  const apply = () => {
    const rem = Math.max(15, Math.min(innerWidth / 118, innerHeight / 62));
    document.documentElement.style.fontSize = `${innerWidth < 900 ? 16 : rem}px`;
    document.documentElement.dataset['layout'] = innerWidth < 900 ? 'narrow' : 'page';
    tell(innerWidth);
  };
  apply();
  addEventListener('resize', apply);
}
