// Regular expressions: `source NUL text`. What the compiler accepts V8 accepts too, with the flag `u`, and both say the same of the
// text, by DFA and by NFA.

import { FunctionId } from '#assembly/shared/function.js';
import { BlobKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { type CompiledPattern, compileNfa, compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { PATTERNS_KEPT_MAX } from '#src/compiler/pattern/limits.js';
import { readHeader } from '#src/image/header.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';
import { FuzzBox } from '../lib/engine.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const model = modelOf([{ name: 's', kind: FieldKind.TEXT, maximum: 48, required: true }]);
const box = new FuzzBox({ imageBytesMax: 1 << 18, inputBytes: 4096, outputBytes: 4096 });

/** V8's time doubles with each character where quantifiers nest. */
const TEXT_CHARS_MAX = 10;

export function fuzz(data: Uint8Array): void {
  const [source = '', rest = ''] = new TextDecoder().decode(data).split('\0', 2);
  const text = rest.slice(0, TEXT_CHARS_MAX).replace(/\p{Surrogate}/gu, '');
  const made = [compilePattern(source), compileNfa(source)] as const;
  let known: RegExp | undefined;
  try {
    known = new RegExp(source, 'u');
  } catch {
    // V8 refuses it.
  }
  for (const pattern of made) {
    if ('error' in pattern) {
      const { start, end } = pattern.error;
      must(start >= 0 && start <= end && end <= source.length, `span ${start}-${end} of ${source.length}`);
      must(pattern.error.message !== '', 'no message');
      continue;
    }
    must(known !== undefined, 'V8 refuses the pattern');
    const matches = run(pattern, text);
    must(matches === known.test(text), `the engine says ${matches}`);
  }
  must('error' in made[0] === 'error' in made[1], 'only one automaton');
  if ('blob' in made[0]) plantedIn(() => source);
}

function run(pattern: Extract<CompiledPattern, { blob: Uint8Array }>, s: string): boolean {
  const assembler = new Assembler(model);
  const a = assembler.temporary(RegisterType.BOOL);
  assembler.op(Opcode.CALL, { a, b: assembler.field('s'), imm: BigInt(FunctionId.TEXT_MATCHES) });
  assembler.op(Opcode.OUT, { a, b: RegisterType.BOOL });
  const image = writeImage(assembler.expressions(1, { blobs: [{ kind: BlobKind.PATTERN, bytes: pattern.blob }] }));
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  must(box.watch(() => box.load(image)) === 0, 'the verifier refuses a pattern of the compiler');
  const payload = payloadOf(model, { s });
  box.allow(payloadRegions(box, image, [payload]));
  const { values } = box.watch(() => box.evaluate(payload));
  checkSteps('pattern', box.steps, readHeader(image).costMax);
  return values[0] as boolean;
}

const SEEDS = [
  'a(b|c)+\0abc',
  '^[a-zé]{2,9}\\b.?$\0zé x',
  '(?:x*?|\\d{2,})+$\0xx12',
  '[^\\p{L}\\s]|\\u{1f600}\0😀',
  '\\B\\w\\W(?<n>.)[\\w-]\0ab-c',
  '\\w.\\w$\0a😀b',
];

const TOKENS = [
  ...'a b ab 1 _ é 中 😀 . \\d \\D \\w \\W \\s \\S \\b \\B ^ $ | ( ) (?: (?<n> (?= (?! (?<= [ ] [^ - * + ? *? +? ?? {2} {0,3} {1,} {3,1}'.split(
    ' ',
  ),
  ...'\\p{L} \\P{Lu} \\p{Script=Greek} \\p{ASCII} \\u{1f600} \\ud83d \\ude00 \\x41 \\cJ \\0 \\/ \\n \\- \\1 \\k<n> [a-z] [^] [] \0 \n'.split(
    ' ',
  ),
];

/** A pattern of few tokens, before the text of an input: much of what is special is short. */
function short(data: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder().decode(data);
  const source = Array.from({ length: 1 + random.below(3) }, () => random.pick(TOKENS)).join('');
  const end = text.indexOf('\0');
  return new TextEncoder().encode(`${source}${end < 0 ? '\0' : text.slice(end)}`);
}

export const target: Target = {
  name: 'pattern',
  fuzz,
  isText: true,
  seeds: () => SEEDS,
  dictionary: TOKENS,
  forget: () => {
    for (let count = 0; count <= PATTERNS_KEPT_MAX; count++) compilePattern(`x{${count}}`);
  },
  mutate: (data, random) => (random.chance(50) ? short(data, random) : undefined),
  bytesMax: 60,
};
