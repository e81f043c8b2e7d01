#!/usr/bin/env node
// The process of `verdict`.

import { runVerdict } from './verdict.js';

await runVerdict(process.argv);
