import { keepSize } from '../page/size';
import DeskPage from './DeskPage.svelte';
import { Desk, DESK_KEYS } from './desk.svelte';
import '../page/page.css';

/** The desk, at which people deal with alarms. */
export function openDesk(query: URLSearchParams, build: string) {
  const desk = new Desk(query);
  if (location.hash === '#maintenance') desk.tab = 'maintenance';
  keepSize((width) => (desk.width = width));
  desk.start({ keys: DESK_KEYS, build });
  return [DeskPage, { desk }] as const;
}
