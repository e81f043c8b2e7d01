// Documents of a bundle: YAML, JSON, CSV. The compiler says what is wrong, at a place that is there, or gives an image that the
// engine accepts and decides with.

import { Status } from '#assembly/shared/status.js';
import { compile } from '#src/compiler/compile.js';
import { applyFixes } from '#src/diagnostic/fix.js';
import { positionOf, renderDiagnostic } from '#src/diagnostic/render.js';
import { toSarif } from '#src/diagnostic/sarif.js';
import { readImageFile } from '#src/image/file.js';
import { readDecision } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { NOW } from '../../compiler/standard-world.js';
import { bindParameters } from '../lib/bound-parameters.js';
import { BUNDLES, bundleModel, bundlePayloads } from '../lib/bundles.js';
import { FuzzBox } from '../lib/engine.js';
import { joinFiles, splitFiles } from '../lib/files-text.js';
import { mutateText } from '../lib/mutate-text.js';
import { plantedIn } from '../lib/planted.js';
import { payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const IMAGE_BYTES_MAX = 1 << 20;
const box = new FuzzBox({ imageBytesMax: IMAGE_BYTES_MAX, inputBytes: 1 << 16, outputBytes: 1 << 16 });
const PARAMETERS = box.input + 32768;
const encoder = new PayloadEncoder(bundleModel);
const payloads = bundlePayloads.map((payload) => encoder.encode(payload).slice());

export function fuzz(data: Uint8Array): void {
  const files = splitFiles(data);
  const { image, manifest, diagnostics, lock } = compile(files, { profileMax: 'standard' });
  must(
    (image === undefined) === diagnostics.some(({ severity }) => severity === 'error'),
    'an image where there are errors, or none without',
  );
  for (const diagnostic of diagnostics) {
    const { span, related = [] } = diagnostic;
    for (const each of [span, ...related.map((other) => other.span)]) {
      const chars = new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.get(each.file)).length;
      must(each.start >= 0 && each.end >= each.start && each.end <= chars, `span ${each.start}-${each.end} of ${chars}`);
      must(positionOf(each, files).line >= 1, 'a place that is none');
    }
    must(renderDiagnostic(diagnostic, files).includes(diagnostic.code), 'a diagnostic without its code');
  }
  JSON.stringify(toSarif(diagnostics, files, '1.0.0'));
  applyFixes(files, diagnostics);
  if (image === undefined) return;
  must(manifest !== undefined && lock !== undefined, 'an image without manifest or lock');
  const { deciding, header } = readImageFile(image);
  if (deciding.length > IMAGE_BYTES_MAX || header.decisionBytesMax > box.outputBytes) return;
  box.bytes.set(deciding, box.image);
  box.allow([{ start: box.image, end: box.image + deciding.length }]);
  must(box.watch(() => box.load(deciding)) === 0, 'the verifier refuses an image of the compiler');
  for (const [turn, payload] of payloads.entries()) {
    const decisions = decideOne(deciding, payload, turn);
    checkSteps('bundle', box.steps, header.costMax);
    const { status } = decisions[0]!;
    must(status !== Status.INTERNAL, 'the engine has broken an invariant');
    readDecision(decisions[0]!.bytes);
    must(header.modelHash !== bundleModel.hash || status !== Status.INVALID_PAYLOAD, 'a payload of the model is refused');
  }
  checkIndex(files, deciding);
  checkRanges(files, deciding);
  plantedIn(() => (diagnostics.length === 0 ? data : ''));
}

/** Decides one payload; parameters have their bounds for values, by turns. */
function decideOne(image: Uint8Array, payload: Uint8Array, turn: number): readonly { status: Status; bytes: Uint8Array }[] {
  const bound = bindParameters(box, image, PARAMETERS, turn);
  must(bound !== undefined, 'the bounds of a parameter are no values of it');
  box.allow([...payloadRegions(box, image, [payload]), ...bound.regions]);
  return box.watch(() => box.decide([payload], { now: NOW, parameters: bound.parameters })).decisions;
}

/** With an index wherever one can be made, the bundle decides as it does. */
function checkIndex(files: ReadonlyMap<string, Uint8Array>, image: Uint8Array): void {
  const { image: file, indexes = [] } = compile(files, { profileMax: 'standard', index: 'on' });
  must(file !== undefined, 'refused with an index');
  const { deciding } = readImageFile(file);
  if (!indexes.some(({ indexed }) => indexed) || deciding.length > IMAGE_BYTES_MAX) return;
  const meant = decide(image.slice());
  for (const [index, decision] of decide(deciding.slice()).entries()) {
    must(decision === meant[index], `payload ${index}: ${decision} with an index, without ${meant[index]}`);
  }
}

/** A range of whole numbers in quotes, as cells of tables and scorecards have it. */
const RANGE = /"([[(])(-?\d+)\.\.(-?\d+)([\])])"/g;

/** With every range written as an expression, the bundle decides as it does. */
function checkRanges(files: ReadonlyMap<string, Uint8Array>, image: Uint8Array): void {
  const rewritten = new Map(files);
  for (const [path, bytes] of files) {
    const text = new TextDecoder().decode(bytes);
    if (!/^(tables|scorecards)\//.test(path) || text.search(RANGE) < 0) continue;
    const plain = text.replace(RANGE, (_range, opening, low, high, closing) => {
      return `"value ${opening === '[' ? '>=' : '>'} ${low} && value ${closing === ']' ? '<=' : '<'} ${high}"`;
    });
    rewritten.set(path, new TextEncoder().encode(plain));
  }
  if ([...files].every(([path, bytes]) => rewritten.get(path) === bytes)) return;
  const other = compile(rewritten, { profileMax: 'standard' });
  if (other.image === undefined) return;
  const meant = decide(readImageFile(other.image).deciding.slice());
  for (const [index, decision] of decide(image.slice()).entries()) {
    must(decision === meant[index], `payload ${index}: ${decision}, with ranges as expressions ${meant[index]}`);
  }
}

/** What an image decides, texts by payload. */
function decide(image: Uint8Array): string[] {
  box.allow([{ start: box.image, end: box.image + image.length }]);
  must(box.watch(() => box.load(image)) === 0, 'the verifier refuses an image of the compiler');
  return payloads.map((payload, turn) => {
    const decisions = decideOne(image, payload, turn);
    const { status, outcome, score, reasons } = readDecision(decisions[0]!.bytes);
    return JSON.stringify({ status, outcome, score, reasons });
  });
}

const RANGES = `hitPolicy: collect
inputs: [i, amount]
outputs: [score, reason]
rows:
  - { when: ["(0..5)", "-"], then: [1, A] }
  - { when: ["[0..5]", "(0..9]"], then: [10, B] }
  - { when: ["(5..9]", "-"], then: [100, C] }
  - { when: ["[5..9)", "[-1..0)"], then: [1000, D] }
`;

const TOKENS = [
  ...'{ } [ ] , : - " \' | > & * ! # % @ ` ? ~ null true false 0 1 -1 1.5 1e999 .inf .nan 0x10 2026-01-01 \t \r\n'.split(' '),
  ...[
    '\n',
    '\n  ',
    '\n- ',
    ': ',
    '&a ',
    '*a',
    '<<: ',
    '? ',
    '!!x ',
    '|\n  ',
    '>-\n  ',
    '---\n',
    '...\n',
    '=== ',
    '\ufeff',
    '\u2028',
  ],
  ...[
    '=== rules/b.yaml\n',
    '=== tables/t.csv\n',
    '=== tables/t.yaml\n',
    '=== features/a.yaml\n',
    '=== scorecards/c.yaml\n',
    '=== lists/l.yaml\n',
    '=== parameters/limits.yaml\n',
  ],
  ...[
    '=== input.yaml\n',
    '=== model.lock.json\n',
    '=== tests/a.yaml\n',
    'name',
    'id',
    'when',
    'then',
    'value',
    'cases',
    'score',
    'outcome',
    'reason',
  ],
  ...[
    'inputs',
    'outputs',
    'rows',
    'hitPolicy',
    'aggregate',
    'default',
    'type',
    'complete',
    'label',
    'unique',
    'any',
    'priority',
    'first',
    'ruleOrder',
  ],
  ...[
    'outputOrder',
    'collect',
    'sum',
    'min',
    'max',
    'count',
    'decimal',
    'enum',
    'number',
    'string',
    'date',
    'timestamp',
    'boolean',
    'profile: strict',
  ],
  ...[
    'profile: standard',
    'combine: first',
    'combine: collect',
    'characteristics',
    'attributes',
    'points',
    'baseline',
    'initialScore',
    'contributes',
  ],
  ...[
    'approve',
    'review',
    'decline',
    'fail',
    'US',
    'GB',
    'DE',
    '< 5',
    '>= 3',
    '[1..5)',
    '(0..9]',
    '"-"',
    '-',
    'not(1)',
    'null',
    '!= 3',
    'value > 2',
  ],
  ...[
    'i',
    'n',
    'amount',
    'country',
    'at',
    'born',
    'flag',
    's',
    'maybe',
    'maybeCountry',
    'maybeText',
    'card.limit',
    'card?.brand',
    'items',
    'now',
  ],
  ...[
    'n > 1',
    'flag && ',
    ' || flag',
    'items.length',
    'lists.l.includes(s)',
    'parameters.limits.above',
    'parameters.limits.isOpen',
    'values',
    'integer',
    't.rate',
    'credit.score',
    '=== null',
    '!== null',
    '?? 0',
  ],
  ...[
    'maximum',
    'minimum',
    'multipleOf: 0.01',
    'maxLength',
    'maxItems',
    'required',
    'properties',
    '$ref',
    '$defs',
    'format: date',
    'description',
  ],
];

const LISTS = `=== lists/l.yaml
type: string
description: some
maximum: 100
`;

export const target: Target = {
  name: 'bundle',
  fuzz,
  isText: true,
  seeds: () => [...BUNDLES.map(joinFiles), joinFiles(BUNDLES[0]!) + LISTS, `${joinFiles(BUNDLES[0]!)}=== tables/r.yaml\n${RANGES}`],
  dictionary: TOKENS,
  mutate: (data, random) => mutateText(data, random, TOKENS),
  bytesMax: 8192,
};
