// JSON to payload before two judges: the engine's transcoder, and JSON.parse with the encoder. Both take the same documents and find
// the same payload in them. `npm run differential -- --json N --seed N` asks for more documents.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonFault } from '#assembly/shared/json.js';
import type { Model } from '#src/schema/model.js';
import { Random } from '../lib/expression-model.js';
import { JsonAuthor } from '../lib/json-author.js';
import { JsonBox } from '../lib/json-box.js';
import { modelOf, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';

const DOCUMENTS = Number(process.env.VERDICT_DOCUMENTS ?? 6_000);
const PAYLOADS_PER_MODEL = 24;
const SPELLINGS_PER_PAYLOAD = 20;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function show(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, own) => {
    if (typeof own === 'bigint') return `${own}n`;
    return typeof own === 'number' && (Object.is(own, -0) || !Number.isFinite(own)) ? `${Object.is(own, -0) ? '-0' : own}` : own;
  });
}

describe('JSON', () => {
  test('is the same payload for the transcoder and for the encoder', () => {
    const seed = testSeed('json');
    const random = new Random(seed);
    const author = new JsonAuthor(random);
    const counts = { documents: 0, taken: 0, refused: 0, left: 0, read: 0 };
    for (let round = 0; counts.documents < DOCUMENTS; round++) {
      const [schema] = fc.sample(schemaArbitrary, { seed: seed + round, numRuns: 1 });
      const model: Model = modelOf(schema);
      const box = new JsonBox(model, 1 << 16);
      for (const { json } of fc.sample(payloadArbitrary(model), { seed: seed + round, numRuns: PAYLOADS_PER_MODEL })) {
        for (let spelling = 0; spelling < SPELLINGS_PER_PAYLOAD; spelling++) {
          const spelled = author.spell(json);
          const document = spelling % 2 === 0 ? new TextEncoder().encode(spelled) : author.damage(spelled);
          counts.documents++;
          const got = box.transcode(document);
          const want = box.encode(document);
          if (got.fault === JsonFault.ROOM || got.fault === JsonFault.DEPTH) counts.left++;
          else if (show(got.value) !== show(want)) {
            throw new Error(
              `VERDICT_SEED=${seed} VERDICT_DOCUMENTS=${DOCUMENTS}\n${text(document)}\nof ${JSON.stringify(schema)}\n` +
                `is ${show(got.value)} (${JsonFault[got.fault]} at ${got.at}), and for the encoder ${show(want)}`,
            );
          } else if (want === undefined) counts.refused++;
          else counts.taken++;
        }
      }
      counts.read += box.read;
    }
    const { documents, taken, refused, left, read } = counts;
    console.log(
      `json: ${documents} documents equal, ${taken} taken (${read} into registers too), ${refused} refused by both, ` +
        `${left} left to the encoder`,
    );
    expect(read).toBeGreaterThan(DOCUMENTS / 20);
    expect(taken).toBeGreaterThan(DOCUMENTS / 4);
    expect(refused).toBeGreaterThan(DOCUMENTS / 10);
    expect(left).toBeLessThan(DOCUMENTS / 100);
  }, 3_600_000);
});
