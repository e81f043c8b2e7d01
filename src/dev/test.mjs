// The whole check of a prepared checkout: lint, types of the tests, generated code, then the suite.
//
//   npm test                            everything
//   npm test -- test/schema             static checks, and the test files whose path contains that
//   npm test -- -t 'decimal'            arguments go to vitest
//
// The last line is `N passed, N failed, N skipped` and nothing else; a static check counts as one test. Skipped tests are listed
// with their reasons. With CI=true, and ../shared at hand, a skip that test/skips.json does not list is a failure: on the
// machine that has everything, a test that quietly stops running must not look like one that passes.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';

const root = fileURLToPath(new URL('../../', import.meta.url));
process.chdir(root);

const checks = [
  {
    name: 'lint',
    script: 'node_modules/@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '.'],
    cure: 'npm run format',
  },
  { name: 'types of the tests', script: 'node_modules/typescript/bin/tsc', args: ['-p', 'test/tsconfig.json'] },
  { name: 'generated code', script: 'src/dev/generate.mjs', args: ['--check'], cure: 'npm run generate' },
];

/** Runs one static check; prints its output only where it fails. Resolves to whether it passed. */
function runCheck({ name, script, args, cure }) {
  const sinceMs = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      const passed = code === 0;
      if (!passed) console.error(output.trimEnd());
      const advice = passed || cure === undefined ? '' : ` (\`${cure}\` may mend it)`;
      console.log(`verdict: ${name}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - sinceMs) / 1000).toFixed(1)} s${advice}`);
      resolve(passed);
    });
  });
}

/** Counts what ran. A file that cannot be imported, a failing hook and a stray error count as one failed test each. */
class Tally {
  passed = 0;
  failed = 0;
  /** @type {{ id: string, note: string | undefined }[]} */
  skipped = [];

  onTestRunEnd(modules, unhandledErrors) {
    this.failed += unhandledErrors.length;
    for (const module of modules) {
      this.failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') this.passed++;
        else if (result.state === 'failed') this.failed++;
        else this.skipped.push({ id: `${module.relativeModuleId} > ${test.fullName}`, note: result.note });
      }
    }
  }
}

/** Reason that test/skips.json gives for a test: under its own id, or under that of a group or file it belongs to. */
function listedReason(reasons, id) {
  const key = Object.keys(reasons).find((listed) => id === listed || id.startsWith(`${listed} > `));
  return key === undefined ? undefined : reasons[key];
}

/** Prints the skipped tests; returns how many of them count as failures. */
function reportSkipped(skipped) {
  const reasons = JSON.parse(readFileSync('test/skips.json', 'utf8'));
  const mustBeListed = process.env.CI === 'true' && existsSync(join(root, '../shared'));
  let unlisted = 0;
  if (skipped.length > 0) console.log('\nSkipped:');
  for (const { id, note } of skipped) {
    const reason = listedReason(reasons, id);
    if (reason === undefined && mustBeListed) unlisted++;
    console.log(`  ${id}: ${reason ?? note ?? 'no reason given'}`);
  }
  if (unlisted > 0) console.error(`\n${unlisted} skipped with CI=true without a reason in test/skips.json: they count as failed.`);
  return unlisted;
}

const checked = await Promise.all(checks.map(runCheck));
const tally = new Tally();
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await startVitest('test', filter, { ...options, run: true, watch: false, reporters: ['default', tally] });
const vitestFailed = (process.exitCode ?? 0) !== 0;
await vitest?.close();

const unlisted = reportSkipped(tally.skipped);
const passed = tally.passed + checked.filter(Boolean).length;
let failed = tally.failed + unlisted + checked.filter((ok) => !ok).length;
// Vitest may object to something that is no test, such as a filter that matches no file.
if (vitestFailed && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed, ${tally.skipped.length - unlisted} skipped`);
process.exit(failed === 0 ? 0 : 1);
