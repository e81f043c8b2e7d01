// An exported module decides as the library does, byte for byte, with SIMD and without.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISION_ID_HIGH, DECISION_ID_LOW } from '#assembly/shared/image.js';
import { JsonFault } from '#assembly/shared/json.js';
import { Status } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import type { BundleFiles } from '#src/bundle/files.js';
import { compile } from '#src/compiler/compile.js';
import { exportModule } from '#src/embed/export-module.js';
import { readListHeader, writeList } from '#src/image/list.js';
import { embeddedTemplate } from '#src/runtime/embedded.js';
import { generateTransactions } from '../../examples/card-risk/generator.js';
import { generateApplications } from '../../examples/credit/generator.js';
import { generateLoans } from '../../examples/lending/generator.js';
import { exampleFiles } from '../examples/open-example.js';
import { EmbedBox, type Embedded, embed } from '../lib/embed-box.js';
import { WebAssembly } from '../lib/image-engine.js';
import { listBundle } from '../lib/list-bundle.js';
import { testSeed } from '../lib/model.js';

const NOW = 1_790_000_000_000_000n;

const EXAMPLES: [string, () => Iterable<{ payload: object }>][] = [
  ['card-risk', () => generateTransactions({ seed: 5, customers: 100, terminals: 40, count: 1000 })],
  ['credit', () => generateApplications({ seed: 5, count: 1000 })],
  ['lending', () => generateLoans({ seed: 5, count: 1000 })],
  // With an ensemble of trees.
  ['boosted', () => generateApplications({ seed: 5, count: 1000 })],
];

/** Decides on all ways and compares; returns the module's answer. */
function decideAll(embedded: Embedded, payload: Uint8Array): Uint8Array {
  const expected = embedded.ruleSet.decideBytes(payload, { now: NOW });
  for (const box of [embedded.simd, embedded.scalar]) {
    const said = box.decide(payload, NOW);
    expect(Buffer.from(said.bytes).equals(expected)).toBe(true);
    expect(said.status).toBe(box.exports.verdict_status());
  }
  return expected;
}

describe('decisions are those of the library', () => {
  test.each(EXAMPLES)('%s', async (name, payloads) => {
    const embedded = await embed(exampleFiles(name));
    const outcomes = new Set<number>();
    for (const { payload } of payloads()) {
      decideAll(embedded, embedded.encoder.encode(payload).slice());
      outcomes.add(embedded.simd.exports.verdict_outcome());
    }
    expect(outcomes.size).toBe(3);
    await embedded.close();
  });

  test('of payloads with a byte that is another', async () => {
    const embedded = await embed(exampleFiles('card-risk'));
    const [first] = generateTransactions({ seed: 6, customers: 100, terminals: 40, count: 1 });
    const payload = embedded.encoder.encode(first!.payload).slice();
    const statuses = new Set<number>();
    for (let i = 0; i < payload.length; i++) {
      const changed = payload.slice();
      changed[i]! ^= 0x41;
      decideAll(embedded, changed);
      statuses.add(embedded.simd.exports.verdict_status());
    }
    expect([...statuses].sort()).toEqual([Status.OK, Status.INVALID_PAYLOAD]);
    await embedded.close();
  });
});

describe('JSON text is decided as the library decides it', () => {
  test.each(EXAMPLES)('%s', async (name, payloads) => {
    const embedded = await embed(exampleFiles(name));
    const faults = new Set<number>();
    let seed = 1;
    for (const { payload } of payloads()) {
      const text = Buffer.from(JSON.stringify(payload));
      const expected = embedded.ruleSet.decideBytes(text.toString(), { now: NOW });
      const changed = Buffer.from(text);
      seed = (seed * 48_271) % 2_147_483_647;
      changed[seed % changed.length] = seed % 3 === 0 ? 0xc3 : 32 + (seed % 94);
      for (const box of [embedded.simd, embedded.scalar]) {
        const { status, bytes, fault } = box.decideJson(text, NOW);
        expect([status, fault]).toEqual([Status.OK, 0]);
        expect(Buffer.from(bytes).equals(expected)).toBe(true);
      }
      const { bytes, ...said } = embedded.simd.decideJson(changed, NOW);
      const { bytes: scalarBytes, ...saidScalar } = embedded.scalar.decideJson(changed, NOW);
      expect(saidScalar).toEqual(said);
      expect(Buffer.compare(scalarBytes, bytes)).toBe(0);
      faults.add(said.fault);
    }
    expect(faults.size).toBeGreaterThan(4);
    await embedded.close();
  });

  test('and faults are told with their place', async () => {
    const { simd, scalar, close } = await embed(listBundle(), lists, new Map([['blocked', region]]));
    const cases: [string, JsonFault, number][] = [
      ['{"email":"a@x.com"}', JsonFault.NONE, 0],
      ['{"email":1}', JsonFault.TYPE, 9],
      ['{"amount":1}', JsonFault.REQUIRED, 0],
      ['{"email":"x","email":"y"}', JsonFault.DUPLICATE, 21],
      ['{"email":"x","amount":1.005}', JsonFault.RANGE, 22],
      ['{"email":"x"', JsonFault.SYNTAX, 12],
      ['', JsonFault.SYNTAX, 0],
    ];
    for (const box of [simd, scalar]) {
      for (const [text, fault, faultAt] of cases) {
        const said = box.decideJson(Buffer.from(text), NOW);
        expect([text, said.fault, said.faultAt]).toEqual([text, fault, faultAt]);
        expect(said.status).toBe(fault === JsonFault.NONE ? Status.OK : Status.INVALID_PAYLOAD);
      }
    }
    await close();
  });
});

test('texts of all kinds are read as the library reads them, without SIMD too', async () => {
  const rules = [
    'text.length % 2 === 1',
    'text.indexOf(part) >= 0',
    'text.toUpperCase() === text',
    'text.toLowerCase().endsWith(part)',
    'text.slice(3, 21).includes(part)',
    'text.indexOf("aab") > 2',
    'part.length > 1 && text.startsWith(part.slice(1))',
  ];
  const files = new Map(listBundle({ files: { 'model.yaml': TEXTS, 'rules/all.yaml': rules.map(ruleOf).join('') } }));
  files.delete('lists/blocked.yaml');
  const embedded = await embed(files);
  const piece = fc.constantFrom('a', 'b', 'aab', 'aaaaaaaab', 'é', 'ß', '\u{1f600}', 'Z', ' ', '\u{10ffff}', '\ufb03');
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  const seen = new Set<number>();
  fc.assert(
    fc.property(text, fc.array(piece, { maxLength: 3 }), (whole, parts) => {
      decideAll(embedded, embedded.encoder.encode({ text: whole, part: parts.join('') }).slice());
      seen.add(embedded.scalar.exports.verdict_score());
    }),
    { seed: testSeed('embed'), numRuns: 1500 },
  );
  expect(seen.size).toBeGreaterThan(3);
  await embedded.close();
});

const ruleOf = (when: string, i: number): string => `- { id: r${i}, when: '${when}', then: { score: 1, reason: R${i} } }\n`;

const TEXTS = `title: T
type: object
required: [text, part]
properties:
  text: { type: string, maxLength: 400 }
  part: { type: string, maxLength: 40 }
`;

describe('what the exports say', () => {
  test('is what the decision holds', async () => {
    const { ruleSet, encoder, simd, close } = await embed(exampleFiles('card-risk'));
    let reasons = 0;
    for (const { payload } of generateTransactions({ seed: 7, customers: 100, terminals: 40, count: 300 })) {
      const { exports } = simd;
      const decision = ruleSet.decide(payload, { now: NOW });
      simd.decide(encoder.encode(payload), NOW);
      expect(exports.verdict_outcome()).toBe(['', 'approve', 'review', 'decline'].indexOf(decision.outcome ?? ''));
      expect(exports.verdict_score()).toBe(decision.score);
      const count = exports.verdict_reason_count();
      const said = Array.from({ length: count }, (_, i) => ({
        code: simd.text(exports.verdict_reason_code(i)),
        rule: simd.text(exports.verdict_reason_rule(i)),
        score: exports.verdict_reason_score(i),
      }));
      expect(said).toEqual(decision.reasons);
      expect([exports.verdict_reason_code(count), exports.verdict_reason_score(count)]).toEqual([0, 0]);
      reasons += count;
    }
    expect(reasons).toBeGreaterThan(50);
    await close();
  });

  test('includes the id that was given', async () => {
    const { ruleSet, encoder, simd, close } = await embed(exampleFiles('credit'));
    const [first] = generateApplications({ seed: 7, count: 1 });
    const payload = encoder.encode(first!.payload).slice();
    simd.exports.verdict_decision_id(0x0123456789abcdefn, 0x1122334455667788n);
    const { bytes } = simd.decide(payload, NOW);
    const view = new DataView(bytes.buffer);
    expect(view.getBigUint64(DECISION_ID_HIGH, true)).toBe(0x0123456789abcdefn);
    expect(view.getBigUint64(DECISION_ID_LOW, true)).toBe(0x1122334455667788n);
    simd.exports.verdict_decision_id(0n, 0n);
    expect(Buffer.from(simd.decide(payload, NOW).bytes)).toEqual(Buffer.from(ruleSet.decideBytes(payload, { now: NOW })));
    await close();
  });

  test('a payload that is too large has no room, and one that was not asked for is refused', async () => {
    const { simd, close } = await embed(exampleFiles('credit'));
    expect(simd.exports.verdict_input(2 ** 20 + 1)).toBe(0);
    expect(simd.exports.verdict_input(2 ** 32 - 1)).toBe(0);
    expect(simd.exports.verdict_input(2 ** 20)).toBeGreaterThan(0);
    expect(simd.memory.length).toBeGreaterThan(2 ** 20);
    expect(simd.exports.verdict_decide(2 ** 20 + 1, NOW)).toBe(Status.INVALID_PAYLOAD);
    await close();
  });
});

const MAILS = ['a@x.com', 'b@x.com', 'é@x.com'];
const region = writeList(RegisterType.TEXT, MAILS);
const lists = { blocked: MAILS };
const asked = ['a@x.com', 'c@x.com', 'é@x.com', ''];

describe('lists', () => {
  const expectMembers = async (embedded: Embedded): Promise<void> => {
    for (const email of asked) {
      decideAll(embedded, embedded.encoder.encode({ email }).slice());
      expect(embedded.scalar.exports.verdict_outcome(), email).toBe(MAILS.includes(email) ? 3 : 1);
    }
    await embedded.close();
  };

  test('may be part of the module', async () => {
    await expectMembers(await embed(listBundle(), lists, new Map([['blocked', region]])));
  });

  test('may be bound by the caller', async () => {
    const embedded = await embed(listBundle(), lists);
    for (const box of [embedded.simd, embedded.scalar]) {
      const { exports } = box;
      expect(exports.verdict_list_count()).toBe(1);
      expect(box.decide(embedded.encoder.encode({ email: 'x' }), NOW).status).toBe(Status.LIST_MISSING);
      const numbers = writeList(RegisterType.F64, [1, 2]);
      const bind = (bytes: Uint8Array, index = 0): number => {
        const at = exports.verdict_list(bytes.length);
        box.memory.set(bytes, at);
        return exports.verdict_list_bind(index, at, bytes.length);
      };
      expect(bind(numbers)).toBe(3);
      expect(bind(region.map((byte, i) => (i === 4 ? byte ^ 1 : byte)))).toBe(2);
      expect(bind(region, 1)).toBe(1);
      expect(exports.verdict_list_bind(0, 8, region.length)).toBe(2);
      expect(exports.verdict_list_bind(0, 2 ** 31, region.length)).toBe(2);
      expect(exports.verdict_list(region.length + 1)).toBe(0);
      expect(bind(region)).toBe(0);
    }
    await expectMembers(embedded);
  });
});

describe('the module', () => {
  const image = (files: BundleFiles, scalar: boolean): ReturnType<typeof exportModule> => {
    const { image: file } = compileFiles(files);
    return exportModule(embeddedTemplate(scalar), file);
  };

  test.each([false, true])('has no import; scalar %s', (scalar) => {
    const { module } = image(exampleFiles('lending'), scalar);
    const compiled = new WebAssembly.Module(module);
    expect(WebAssembly.Module.imports(compiled)).toEqual([]);
    const names = WebAssembly.Module.exports(compiled).map(({ name }) => name);
    expect(names.every((name) => name === 'memory' || name.startsWith('verdict_'))).toBe(true);
    expect(new EmbedBox(module).exports.verdict_abi()).toBe(1);
  });

  test('equal images give equal modules', () => {
    expect(Buffer.compare(image(exampleFiles('credit'), false).module, image(exampleFiles('credit'), false).module)).toBe(0);
  });

  test('says which lists the caller binds', () => {
    expect(image(listBundle(), false).unbound).toEqual([{ index: 0, name: 'blocked', type: 'string' }]);
    expect(readListHeader(region).count).toBe(3);
  });

  test('is made of an engine to export with, and a whole image', () => {
    const { image: file } = compileFiles(exampleFiles('credit'));
    const { module } = exportModule(embeddedTemplate(false), file);
    expect(() => exportModule(module, file)).toThrow('not a module to export images with');
    expect(() => exportModule(file, file)).toThrow('not a WebAssembly module');
    expect(() => exportModule(embeddedTemplate(false), file.subarray(8))).toThrow();
  });
});

function compileFiles(files: BundleFiles): { image: Uint8Array } {
  const { image: file, diagnostics } = compile(files, { profileMax: 'standard' });
  if (file === undefined) throw new Error(diagnostics[0]?.message);
  return { image: file };
}
