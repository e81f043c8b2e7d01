import { defineConfig } from 'vitest/config';

// Tests run against dist/ (package.json "imports": #src, #assembly), so that what is tested is what ships, workers included.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
