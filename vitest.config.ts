import { defineConfig } from 'vitest/config';
import { REPLACING, SHARING_FOLDERS } from './test/lib/sharing.js';

const sharing = SHARING_FOLDERS.map((folder) => `${folder}/**/*.test.ts`);

// Tests run against dist/ (package.json "imports": #src, #assembly), so that what is tested is what ships, workers included.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
      { extends: true, test: { name: 'replacing', include: REPLACING } },
      {
        extends: true,
        test: { name: 'sharing', include: sharing, exclude: REPLACING, isolate: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
