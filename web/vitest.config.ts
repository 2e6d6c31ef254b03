import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Browsers of a wall may be in any zone; what they show must not depend on it.
  test: { include: ['src/**/*.test.ts'], environment: 'node', env: { TZ: 'America/New_York' } },
});
