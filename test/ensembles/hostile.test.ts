// Damaged files and blobs: readers say what is wrong and never throw; the verifier refuses a blob, or it does no harm.

import { expect, test } from 'vitest';
import { ResultKind } from '#assembly/shared/ensemble.js';
import { ImageError } from '#assembly/shared/status.js';
import { encodeEnsemble } from '#src/ensembles/encode-ensemble.js';
import type { Ensemble } from '#src/ensembles/ensemble.js';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { author, lightgbmText, randomOf, writeUbjson, xgboostDocument } from '../lib/ensemble-author.js';
import { imageOfBlob, plainUse } from '../lib/ensemble-engine.js';
import { EngineBox, GUARD_BYTE } from '../lib/image-engine.js';
import { testSeed } from '../lib/model.js';
import { SMALL_LIGHTGBM, SMALL_XGBOOST } from '../lib/small-models.js';

const encoder = new TextEncoder();

function ensembleOf(bytes: Uint8Array): Ensemble {
  const read = readEnsemble(bytes);
  if (!('ensemble' in read)) throw new Error(read.message);
  return read.ensemble;
}

test('readers never throw, whatever becomes of a file', () => {
  const random = randomOf(testSeed('damaged files'));
  const authored = author(random, { depth: 3, trees: 4 });
  const files = [
    encoder.encode(SMALL_LIGHTGBM),
    encoder.encode(SMALL_XGBOOST),
    writeUbjson(JSON.parse(SMALL_XGBOOST)),
    writeUbjson(xgboostDocument(authored, 'reg:squarederror')),
    encoder.encode(lightgbmText(authored, 'regression')),
  ];
  let refused = 0;
  for (const file of files) {
    for (let round = 0; round < 120; round++) {
      const damaged = Uint8Array.from(file);
      const count = 1 + Math.floor(random() * 3);
      for (let i = 0; i < count; i++) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const read = readEnsemble(random() < 0.2 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged);
      if ('message' in read) {
        expect(read.message).not.toBe('');
        refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test('numbers of nodes and features that no integer of 32 bits holds are refused', () => {
  const messageOf = (text: string): string => {
    const read = readEnsemble(encoder.encode(text));
    return 'message' in read ? read.message : 'taken';
  };
  // As integers of 32 bits these would be below 0, or that of another feature.
  for (const feature of ['2474836470', '4294967297'])
    expect(messageOf(SMALL_LIGHTGBM.replace('split_feature=0 1', `split_feature=${feature} 1`))).toContain(
      `the feature ${feature}`,
    );
  const document = JSON.parse(SMALL_XGBOOST) as {
    learner: { gradient_booster: { model: { trees: { left_children: number[] }[] } } };
  };
  document.learner.gradient_booster.model.trees[0]!.left_children[0]! += 2 ** 32;
  expect(messageOf(JSON.stringify(document))).toContain('node 0 has children 4294967297 and');
});

/** Blobs of each form: full trees, deep ones, contributions; float32 and float64. */
function blobs(): { blob: Uint8Array; inputs: readonly number[]; results: number }[] {
  const deep = author(randomOf(5), { depth: 12, trees: 5, features: 3 });
  const sources = [
    ensembleOf(encoder.encode(SMALL_LIGHTGBM)),
    ensembleOf(encoder.encode(SMALL_XGBOOST)),
    ensembleOf(writeUbjson(xgboostDocument({ ...deep, trees: deep.trees.slice(0, 4), classes: 1 }, 'reg:squarederror'))),
  ];
  return sources.flatMap((ensemble) => {
    const plain = plainUse(ensemble);
    const codes = plain.inputs.map((_, input) => input + 1);
    const explained = {
      ...plain,
      codes,
      results: [...plain.results, { kind: ResultKind.CONTRIBUTION, index: 0 }, { kind: ResultKind.CODE, index: 0 }],
    };
    return [plain, explained].map((use) => ({
      blob: encodeEnsemble(ensemble, use),
      inputs: use.inputs,
      results: use.results.length,
    }));
  });
}

test('every byte of a blob may be changed: it is refused, or writes nothing but its results', () => {
  let refused = 0;
  let taken = 0;
  for (const { blob, inputs, results } of blobs()) {
    const box = new EngineBox({ imageBytesMax: blob.length + 8192, outputBytes: 8192 });
    const step = Math.max(1, Math.floor(blob.length / 100));
    for (let at = 0; at < blob.length; at += at < 96 ? 1 : step) {
      for (const bit of [0, 6]) {
        const changed = Uint8Array.from(blob);
        changed[at]! ^= 1 << bit;
        const { image, payload } = imageOfBlob(changed, inputs, results);
        const error = box.load(image);
        if (error !== ImageError.NONE) {
          refused++;
          continue;
        }
        taken++;
        const row = inputs.reduce<number[]>((sparse, feature) => {
          sparse[feature] = 1;
          return sparse;
        }, []);
        expect(box.evaluate(payload(row)).status).toBe(0);
        // Behind the image and before the output nobody writes.
        expect(box.bytes[box.output - 1]).toBe(GUARD_BYTE);
      }
    }
  }
  expect(Math.min(refused, taken)).toBeGreaterThan(100);
});
