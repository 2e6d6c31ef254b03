import { mount } from 'svelte';
import App from './wall/App.svelte';
import { buildOf } from './lib/session/address';
import { keepScale } from './wall/scale';
import { Wall, WALL_KEYS } from './wall/wall.svelte';
import './app.css';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no element "app"');

const wall = new Wall(new URLSearchParams(location.search));
keepScale(wall);
wall.start({ keys: WALL_KEYS, build: buildOf(import.meta.url) });
mount(App, { target, props: { wall } });
