// What functions read in place: time zones, patterns, case mappings. The first byte of an input says which.

import { FunctionId } from '#assembly/shared/function.js';
import { BlobKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { ImageError } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { compileNfa, compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { zoneBlob } from '#src/compiler/zones/zone-blob.js';
import { readHeader } from '#src/image/header.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';
import { FuzzBox } from '../lib/engine.js';
import { plantedIn } from '../lib/planted.js';
import { payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 60, required: true },
  { name: 'at', kind: FieldKind.TIMESTAMP, required: true },
]);

const payloads = ['', 'abcabd xyz', 'ΑΣ Σ. ßŉ ǅ İ', '😀é中\u{10400}\u{10ffff}', 'a'.repeat(60)].flatMap((s) =>
  [0n, 1_774_000_000_123_456n, -(2n ** 62n), 2n ** 63n - 1n].map((at) => payloadOf(model, { s, at })),
);

const ZONES = [FunctionId.TIME_HOUR, FunctionId.TIME_YEAR, FunctionId.TIME_DAY_OF_YEAR];
const ZONES_I64 = [FunctionId.TIME_START_OF_DAY, FunctionId.TIME_END_OF_DAY, FunctionId.TIME_DATE];
const CASES = [FunctionId.TEXT_LOWER, FunctionId.TEXT_UPPER];

/** Version of the data, and behind it the first transition. */
const ZONE_VERSION_AT = 16;

const box = new FuzzBox({ imageBytesMax: 1 << 17, inputBytes: 8192, outputBytes: 4096 });

/** An image that gives a blob to all functions that take its kind. */
function imageOf(kind: BlobKind, blob: Uint8Array): Uint8Array {
  const assembler = new Assembler(model);
  let count = 0;
  const out = (id: FunctionId, type: RegisterType, field: string, max = 0): void => {
    const a = assembler.temporary(type, type === RegisterType.TEXT ? { max } : {});
    assembler.op(Opcode.CALL, { a, b: assembler.field(field), imm: BigInt(id) }).op(Opcode.OUT, { a, b: type });
    count++;
  };
  if (kind === BlobKind.ZONE) {
    for (const id of ZONES) out(id, RegisterType.F64, 'at');
    for (const id of ZONES_I64) out(id, RegisterType.I64, 'at');
  } else if (kind === BlobKind.PATTERN) out(FunctionId.TEXT_MATCHES, RegisterType.BOOL, 's');
  else for (const id of CASES) out(id, RegisterType.TEXT, 's', 720);
  return writeImage(assembler.expressions(count, { blobs: [{ kind, bytes: blob }] }));
}

export function fuzz(data: Uint8Array): void {
  if (data.length === 0) return;
  const kind = ([BlobKind.ZONE, BlobKind.PATTERN, BlobKind.CASE] as const)[data[0]! % 3]!;
  const blob = data.slice(1);
  const image = imageOf(kind, blob);
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  if (box.watch(() => box.exports.verifyImage(box.image, image.length)) !== ImageError.NONE) return;
  const { costMax } = readHeader(image);
  for (const payload of payloads) {
    box.allow(payloadRegions(box, image, [payload]));
    box.fillSlot(box.place([payload]));
    const status = box.watch(() => box.exports.evaluate(box.slot));
    must(status === 0, `status ${status}`);
    checkSteps('blob', box.steps, costMax);
  }
  // What stands elsewhere in a blob is mostly given by the rest.
  if (kind === BlobKind.ZONE) plantedIn(() => blob.subarray(ZONE_VERSION_AT, ZONE_VERSION_AT + 16));
}

function* seeds(): Generator<Uint8Array> {
  const kinds = [
    ...['UTC', 'Europe/Berlin', 'Asia/Dubai'].map((zone) => [0, zoneBlob(zone)!] as const),
    ...['a(b|c)+', '^[a-zé]{2,9}\\b'].flatMap((source) =>
      [compilePattern(source), compileNfa(source)].map((made) => [1, (made as { blob: Uint8Array }).blob] as const),
    ),
    [2, caseBlob()] as const,
  ];
  for (const [kind, blob] of kinds) yield Uint8Array.of(kind, ...blob);
}

export const target: Target = { name: 'blob', fuzz, seeds, bytesMax: 65536, keepsLength: true };
