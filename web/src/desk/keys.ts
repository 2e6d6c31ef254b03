import type { AlarmDeed } from './deeds';
import { possible } from './deeds';
import type { Desk } from './desk.svelte';
import { below, beside, shows, type Line } from './list';

const DEEDS: Readonly<Record<string, AlarmDeed>> = { a: 'acknowledge', g: 'assign', c: 'comment', s: 'shelve' };

/** The keys by which the list is worked off without a mouse. */
export function shortcuts(desk: Desk, lines: () => readonly Line[]): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    if (act(desk, event.key, lines())) event.preventDefault();
  };
}

// Whoever writes, or answers a dialog, does not mean the list.
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}

function act(desk: Desk, key: string, lines: readonly Line[]): boolean {
  const alarm = desk.current;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return move(desk, beside(lines, alarm?.id, 1));
    case 'ArrowUp':
    case 'k':
      return move(desk, beside(lines, alarm?.id, -1));
    case 'Escape':
      desk.selected = undefined;
      desk.chosen.clear();
      return true;
    case '/':
      document.querySelector<HTMLInputElement>('[data-filter=text]')?.focus();
      return true;
    case 'x':
      if (alarm === undefined) return false;
      if (!desk.chosen.delete(alarm.id)) desk.chosen.add(alarm.id);
      return true;
  }
  const deed = DEEDS[key.toLowerCase()];
  // what is not in view is not acted upon
  if (deed === undefined || alarm === undefined || !shows(lines, alarm.id)) return false;
  const onList = desk.city.alarms.has(alarm.id);
  const meant = deed === 'shelve' && alarm.shelvedUntil !== undefined ? 'unshelve' : deed;
  if (!possible(meant, alarm, onList)) return false;
  // what is dealt with moves away; whoever works by keys goes on with the next
  const next = deed === 'acknowledge' || deed === 'shelve' ? below(lines, alarm.id) : undefined;
  desk.want({ deed: meant, alarms: [alarm], ...(next && { next }) });
  return true;
}

function move(desk: Desk, line: Line | undefined): boolean {
  if (line?.kind !== 'alarm') return false;
  desk.selected = line.alarm;
  return true;
}
