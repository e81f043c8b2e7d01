// What generated code asks of the engine: functions that assembly/index.ts exports, for what is rare, long or better shared. Both
// sides run on the same memory, in the same thread, with the same scratch.

import { ValueType } from '../wasm/format.js';
import type { ImportedFunction } from './module-writer.js';

const { I32, I64, F64 } = ValueType;

const call = (name: string, params: ValueType[], ...results: ValueType[]): ImportedFunction => ({ name, params, results });

/** In the order of their numbers. Signatures are those of the functions in assembly/. */
export const ENGINE_FUNCTIONS = [
  call('writeFailure', [I32, I32, I64, I64, I64, I32, I32], I32),
  call('listsAreBound', [I32, I32], I32),
  call('writeListVersions', [I32, I32, I32]),
  call('beginAnswers', [I32], I64),
  call('nextAnswer', [I32, I32, I32, I32], I64),
  call('countCodePoints', [I32, I32], I32),
  call('loadVector', [I32, I32, I32, I32, I32], I64),
  call('callFunction', [I32, I32, I32, I32, I32], I32),
  call('f64Remainder', [F64, F64], F64),
  call('textEqual', [I64, I64], I32),
  call('textCompare', [I64, I64], I32),
  call('textJoin', [I32, I64, I64], I32),
  call('pieceText', [I64, I64, I32, I32], I64),
  call('nextPiece', [I64, I64, I32], I64),
  call('afterPiece', [I64, I64, I32], I32),
  call('listHas', [I32, I32, I64], I32),
  call('writeParameterVersions', [I32, I32, I32]),
  call('runEnsemble', [I32, I32, I32]),
  call('matchIndex', [I32]),
  call('openText', [I32, I32], I32),
  call('refuseText', [I32, I32, I32], I32),
  call('beginText', [I32, I32, I32], I32),
  call('leaveText', [], I32),
  call('resumeText', [I32, I32, I32], I32),
  call('readField', [I32, I32, I32], I32),
  call('beginOutputs', [I32, I32]),
  call('storeOutput', [I32, I32, I32, I64, I64], I32),
  call('actOnOutput', [I32, I32, I32, I32], I32),
  call('endOutputs', [I32], I32),
  call('showOutputs', [I32, I32], I32),
] as const satisfies readonly ImportedFunction[];

/** The names that the engine must export for generated code. */
export const ENGINE_FUNCTION_NAMES: readonly string[] = ENGINE_FUNCTIONS.map(({ name }) => name);

const NUMBERS = new Map(ENGINE_FUNCTION_NAMES.map((name, index) => [name, index]));

/** Number of an engine function in a module of ours. */
export function engineFunction(name: string): number {
  const number = NUMBERS.get(name);
  if (number === undefined) throw new Error(`the engine has no function ${name} for generated code`);
  return number;
}
