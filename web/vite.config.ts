import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the dashboard also works behind a proxy that serves it below a path.
  base: './',
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'], // the first with light-dark()
    assetsInlineLimit: 0, // the policy lets fonts and scripts come from files only
    modulePreload: { polyfill: false },
  },
  // `npm run dev` beside `npm run mock`, or beside a daemon on loopback.
  server: { proxy: { '/api': 'http://127.0.0.1:8480' } },
});
