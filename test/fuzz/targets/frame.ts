// Request frames: the engine accepts no frame that the host's own look refuses, answers each request as it decides the payload
// alone, and touches nothing outside.

import { ByteBuffer } from 'flatbuffers';
import { SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Status } from '#assembly/shared/status.js';
import { compile } from '#src/compiler/compile.js';
import { FrameView } from '#src/frame.js';
import { readImageFile } from '#src/image/file.js';
import { stripDecisionId } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire/answer-batch.js';
import { RequestBatch } from '#src/schema/generated/verdict/wire/request-batch.js';
import { NOW } from '../../compiler/standard-world.js';
import { frameOf } from '../../lib/frame.js';
import { BUNDLES, bundleModel, bundlePayloads } from '../lib/bundles.js';
import { FuzzBox } from '../lib/engine.js';
import { mutateTables } from '../lib/mutate-table.js';
import { plantedIn } from '../lib/planted.js';
import { payloadRegions } from '../lib/regions.js';
import { must, type Target } from '../lib/target.js';

const { image: file } = compile(BUNDLES[0]!, { profileMax: 'standard' });
const { deciding } = readImageFile(file!);
const image = deciding.slice();
const OUTPUT_BYTES = 1 << 20;
const box = new FuzzBox({ imageBytesMax: 1 << 16, inputBytes: 1 << 16, outputBytes: OUTPUT_BYTES });
const alone = new FuzzBox({ imageBytesMax: 1 << 16, inputBytes: 1 << 16 });
for (const each of [box, alone]) {
  each.allow([{ start: each.image, end: each.image + image.length }]);
  each.mustLoad(image);
}

export function fuzz(data: Uint8Array): void {
  box.allow([
    { start: box.image, end: box.image + image.length },
    { start: box.slot, end: box.slot + SLOT_HEADER_BYTES, writable: true },
    { start: box.input, end: box.input + data.length },
    { start: box.output, end: box.output + OUTPUT_BYTES, writable: true },
  ]);
  const { status, answer } = box.watch(() => box.decideFrame(data, { now: NOW }));
  const head = new FrameView();
  const isRead = head.read(data);
  if (status !== Status.OK) {
    must(status === Status.INVALID_FRAME || status === Status.OUTPUT_FULL, `status ${status}`);
    return;
  }
  must(isRead, 'the engine accepts what the host refuses');
  must(head.modelHash === bundleModel.hash, 'a frame of another model');
  const request = RequestBatch.getRootAsRequestBatch(new ByteBuffer(data));
  const answers = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(answer));
  must(answers.id() === request.id() && answers.answersLength() === head.count, 'another batch is answered');
  for (let index = 0; index < head.count; index++) {
    const asked = request.requests(index)!;
    const answered = answers.answers(index)!;
    must(answered.id() === asked.id(), `answer ${index} has another id`);
    // A payload of no bytes has no array.
    const payload = asked.payloadArray() ?? new Uint8Array(0);
    alone.allow(payloadRegions(alone, image, [payload]));
    const { decisions } = alone.watch(() => alone.decide([payload], { now: NOW }));
    const decision = answered.decisionArray()!;
    must(Buffer.compare(stripDecisionId(decision.slice()), stripDecisionId(decisions[0]!.bytes)) === 0, `answer ${index} differs`);
  }
  if (head.count > 0) plantedIn(() => head.bundleName(data));
}

function* seeds(): Generator<Uint8Array> {
  const encoder = new PayloadEncoder(bundleModel);
  const payloads = bundlePayloads.map((payload) => encoder.encode(payload).slice());
  const options = { bundle: 'world', model: bundleModel.hash };
  for (const some of [[], payloads.slice(0, 1), payloads, [new Uint8Array(0)]]) yield frameOf(some, options);
}

export const target: Target = { name: 'frame', fuzz, seeds, bytesMax: 4096, mutate: mutateTables };
