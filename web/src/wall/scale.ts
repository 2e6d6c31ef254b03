import { scaleFor } from '../lib/screen';
import type { Wall } from './wall.svelte';

/** Keeps the size of one rem, and the layout, in step with the window. */
export function keepScale(wall: Wall): void {
  const apply = () => {
    const scale = scaleFor({ width: innerWidth, height: innerHeight }, wall.mounting);
    wall.layout = scale.layout;
    wall.rem = scale.rem;
    wall.legible = scale.legible;
    document.documentElement.style.fontSize = `${scale.rem}px`;
    document.documentElement.dataset['layout'] = scale.layout;
  };
  apply();
  addEventListener('resize', apply);
}
