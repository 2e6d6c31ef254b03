import type { Hint, Wall } from './wall.svelte';

/**
 * Shows the details of what the pointer or the focus is on: the nearest element with data-device,
 * data-location or data-subsystem. One listener serves thousands of cells.
 */
export function hinting(wall: Wall): (node: Element) => () => void {
  return (node) => {
    const show = (event: Event) => {
      wall.hint = hintAt(event.target);
    };
    const hide = () => {
      wall.hint = undefined;
    };
    node.addEventListener('pointerover', show);
    node.addEventListener('focusin', show);
    node.addEventListener('pointerleave', hide);
    node.addEventListener('focusout', hide);
    return () => {
      node.removeEventListener('pointerover', show);
      node.removeEventListener('focusin', show);
      node.removeEventListener('pointerleave', hide);
      node.removeEventListener('focusout', hide);
    };
  };
}

function hintAt(target: EventTarget | null): Hint | undefined {
  if (!(target instanceof Element)) return undefined;
  const element = target.closest<HTMLElement | SVGElement>('[data-device], [data-location], [data-subsystem]');
  if (element === null) return undefined;
  const { device, location, subsystem } = element.dataset;
  const at = element.getBoundingClientRect();
  if (device !== undefined) return { kind: 'device', id: device, at };
  if (location !== undefined) return { kind: 'location', id: location, at };
  if (subsystem !== undefined) return { kind: 'subsystem', id: subsystem, at };
  return undefined;
}
