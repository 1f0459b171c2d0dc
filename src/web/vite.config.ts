import { defineConfig } from 'vite';

/** Builds the dashboard into dist/web, which the API serves. Everything is a file of our own origin: a strict CSP holds. */
export default defineConfig({
  root: decodeURIComponent(new URL('.', import.meta.url).pathname),
  base: './',
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    sourcemap: false,
  },
});
