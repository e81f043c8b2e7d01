// `npm run fuzz`: puts the hooks in place, then runs the fuzzer. docs/FUZZING.md says how.

import { register } from 'node:module';

/** One byte an edge; far more than there are. */
globalThis.__fuzzEdges = new Uint8Array(1 << 17);
Error.stackTraceLimit = 30;
const plants = process.argv.includes('--planted');
if (plants) globalThis.__fuzzDefect = 0;
register('./lib/loader.mjs', import.meta.url, { data: { plants } });
await import('./lib/command.ts');
