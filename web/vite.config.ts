import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv, type Plugin } from 'vite';

/** Has the browser fetch both faces with the page instead of after its style sheet: no text moves when they arrive. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => file.endsWith('.woff2'))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` },
            injectTo: 'head-prepend' as const,
          })),
    },
  };
}

export default defineConfig(({ mode }) => {
  const server = loadEnv(mode, '.', 'ONSALE_')['ONSALE_URL'] ?? 'http://localhost:8080';
  return {
    plugins: [react(), tailwindcss(), preloadFonts()],
    server: { proxy: { '/v1': server, '/health': server } },
    build: {
      target: 'es2023',
      // The Content-Security-Policy allows files of this origin only: nothing is inlined as data: or as a script.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } },
    },
  };
});
