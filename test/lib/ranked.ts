// How much of a program generated code tells by ranks.

import { ENGINE_FUNCTIONS } from '#src/codegen/engine-calls.js';
import { Frame } from '#src/codegen/frame.js';
import { addHelpers } from '#src/codegen/helpers.js';
import { ImageParts } from '#src/codegen/image-parts.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { addRanks } from '#src/codegen/ranks.js';
import { segmentsOf } from '#src/codegen/segments.js';

/** Segments of an image's program whose rules are told by ranks. */
export function rankedOf(image: Uint8Array): number {
  const module = new ModuleWriter('engine', ENGINE_FUNCTIONS);
  const frame = new Frame(new ImageParts(image), addHelpers(module));
  return addRanks(module, frame, segmentsOf(frame.image))?.segments.size ?? 0;
}
