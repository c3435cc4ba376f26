import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const server = loadEnv(mode, '.', 'ONSALE_')['ONSALE_URL'] ?? 'http://localhost:8080';
  return {
    plugins: [react(), tailwindcss()],
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
