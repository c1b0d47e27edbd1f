import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the gallery alone: `vite build --config renderer/ui/gallery/vite.config.ts --outDir <dir>`. No part of the product. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  envDir: false,
  publicDir: false,
  plugins: [react()],
  build: {
    target: 'chrome140',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: fileURLToPath(new URL('gallery.html', import.meta.url)) },
  },
});
