// The tests that ZEN's sample graphs bring along, after import: each graph is imported with the payloads of its own tests as
// samples, and must answer as its tests say. What is refused is listed with its reason; nothing may answer wrongly.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { compareAnswers } from '#src/import/verify.js';
import { decideImported, graphFiles, graphText, hasZen, importZen, type Payload } from '../lib/zen.js';

/** When the expected answers of graphs that read the clock were made: the only time at which all of them hold. */
const NOW = '2025-08-19T16:55:02Z';

/** Graphs of which something is refused, so that a test does not pass: why. */
const REFUSED: Readonly<Record<string, string>> = {
  'nested-request.json': 'the answer is an empty object: there is nothing to decide',
};

interface GraphTest {
  readonly input: Payload;
  readonly output: unknown;
}

const files = graphFiles();
const counts = { tests: 0, passed: 0, refused: 0 };

describe.skipIf(!hasZen)('graphs of ../shared/data/zen', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  });
  afterAll(async () => {
    await engine.close();
    console.log(
      `${counts.passed} of ${counts.tests} tests of ${files.length} graphs pass, ${counts.refused} are of parts that are refused`,
    );
    for (const [file, why] of Object.entries(REFUSED)) console.log(`  ${file}: ${why}`);
  });

  it.each(files)('%s', async (file) => {
    const text = graphText(`graphs/${file}`);
    const { tests } = JSON.parse(text) as { tests: GraphTest[] };
    const imported = importZen(text);
    const refused = imported.diagnostics.filter(({ severity }) => severity === 'error');
    let failed = 0;
    for (const { input, output } of tests) {
      counts.tests++;
      const outputs = await decideImported(engine, imported, input, NOW);
      const differences = outputs === undefined ? [] : compareAnswers(imported, input, outputs, output);
      // what differs is nothing of the bundle's: a part that is refused is missing, and nothing else is there in its place
      const wrong = differences.filter((difference) => difference.imported !== undefined || refused.length === 0);
      expect(wrong).toEqual([]);
      if (outputs !== undefined && differences.length === 0) counts.passed++;
      else failed++;
    }
    counts.refused += failed;
    expect(failed > 0).toBe(file in REFUSED);
  });
});
