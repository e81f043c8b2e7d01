// npm run soak [-- --minutes 30] [--json]: all kinds of requests for a long time, with faults each second. Exit code 1 where memory
// grows, a descriptor is left open, or a request is lost or wrong.

import { parseArgs } from 'node:util';
import { soakReport, testSoak } from '../soak.js';

const MINUTES_MAX = 1_440;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= MINUTES_MAX)) {
  console.error(`--minutes is a number from 1 to ${MINUTES_MAX}, not ${values.minutes}`);
  process.exitCode = 2;
} else {
  const result = await testSoak({ minutes, log: values.json ? console.error : console.log });
  console.log(values.json ? JSON.stringify(result) : soakReport(result));
  process.exitCode = result.ok ? 0 : 1;
}
