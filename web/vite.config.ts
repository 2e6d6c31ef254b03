import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The built files are committed and built again in CI, which compares them byte for byte. Names
// depend on contents alone, and nothing in them depends on the time or the machine.
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: { '/api': { target: process.env['OPSCENTER_URL'] ?? 'http://127.0.0.1:8080', ws: true } },
  },
});
