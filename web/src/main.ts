import { mount } from 'svelte';
import App from './wall/App.svelte';
import { keepScale } from './wall/scale';
import { Wall } from './wall/wall.svelte';
import './app.css';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no element "app"');

const wall = new Wall(new URLSearchParams(location.search));
keepScale(wall);
wall.start(streamAddress());
mount(App, { target, props: { wall } });

function streamAddress(): string {
  const address = new URL('/api/v1/stream', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}
