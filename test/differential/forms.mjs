// `npm run differential -- --forms PAIRS`: puts the hooks in place, then runs forms-command.ts.

import { register } from 'node:module';

register('../lib/load-typescript.mjs', import.meta.url);
await import('./forms-command.ts');
