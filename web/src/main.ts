import { mount, type Component } from 'svelte';
import { buildOf } from './lib/session/address';
import './app.css';

// One page for one job, each loaded only where it is looked at.
const build = buildOf(import.meta.url);
const query = new URLSearchParams(location.search);

const found = document.getElementById('app');
if (found === null) throw new Error('the page has no element "app"');
const target: HTMLElement = found;

const pages: Record<string, () => Promise<void>> = {
  '/desk': async () => {
    const { openDesk } = await import('./desk/open');
    show(openDesk(query, build));
  },
  '/reports': async () => {
    const { openReports } = await import('./reports/open');
    show(openReports(query, build));
  },
};

async function wall(): Promise<void> {
  const { openWall } = await import('./wall/open');
  show(openWall(query, build));
}

/** A page and what it is given. */
function show([page, props]: readonly [Component<never>, Record<string, unknown>]): void {
  mount(page as Component, { target, props });
}

await (pages[location.pathname.replace(/\/+$/, '')] ?? wall)();
