import App from './App.svelte';
import { keepScale } from './scale';
import { Wall, WALL_KEYS } from './wall.svelte';

/** The wall, following the present or playing the past. */
export function openWall(query: URLSearchParams, build: string) {
  const wall = new Wall(query);
  keepScale(wall);
  wall.start({ keys: WALL_KEYS, build });
  return [App, { wall }] as const;
}
