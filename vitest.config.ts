import { defineConfig } from 'vitest/config';

const PLACES = ['bench', 'bin', 'contracts', 'demo', 'platform', 'scripts', 'services', 'test', 'verify', 'web'];

export default defineConfig({
  test: {
    include: PLACES.map((place) => `${place}/**/*.test.ts`),
    globalSetup: './test/support/postgres-server.ts',
    // Two cores, and PostgreSQL wants its share of them.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
