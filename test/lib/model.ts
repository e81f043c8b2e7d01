// Models for tests, from schemas written as object literals.

import { type Diagnostic, DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import type { Model, ModelLock } from '#src/schema/model.js';
import { readModel } from '#src/schema/read-model.js';

export interface Reading {
  model: Model | undefined;
  diagnostics: Diagnostic[];
}

/** Reads a schema; the span of a diagnostic has the JSON Pointer as its file. */
export function readSchema(schema: unknown, lock?: ModelLock): Reading {
  const bag = new DiagnosticBag();
  const model = readModel(schema, lock, (pointer) => ({ file: pointer, start: 0, end: 0 }), bag);
  return { model, diagnostics: bag.items };
}

/** The model of a schema that has to be good. */
export function modelOf(schema: unknown, lock?: ModelLock): Model {
  const { model, diagnostics } = readSchema(schema, lock);
  if (model === undefined) throw new Error(diagnostics.map((d) => `${d.code} ${d.span.file}: ${d.message}`).join('\n'));
  return model;
}

/** An object schema of these properties. */
export function objectSchema(properties: Record<string, unknown>, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'object', properties, ...rest };
}

/** The seed of a property test: VERDICT_SEED where it is set. Printed, so that a failure can be had again. */
export function testSeed(name: string): number {
  const seed = Number(process.env.VERDICT_SEED ?? Date.now() % 2 ** 31);
  console.log(`${name}: VERDICT_SEED=${seed}`);
  return seed;
}
