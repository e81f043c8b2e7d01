// npm run overload [-- --seconds 60]: three times as many requests as the server can decide. Exit code 1 where something is lost,
// too slow, or grows.

import { parseArgs } from 'node:util';
import { testOverload } from '../overload.js';

const SECONDS_MAX = 600;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 3 || seconds > SECONDS_MAX) {
  console.error(`--seconds is a whole number from 3 to ${SECONDS_MAX}, not ${values.seconds}`);
  process.exitCode = 2;
} else {
  const result = await testOverload({ seconds, log: values.json ? console.error : console.log });
  if (values.json) console.log(JSON.stringify(result));
  process.exitCode = result.ok ? 0 : 1;
}
