// The engine's exports, and nothing else. Each takes addresses in the imported memory; none allocates, calls the host, or keeps
// anything between calls outside the slot it was given.

// For generated code, which runs beside an instance with the same scratch (src/codegen/engine-calls.ts has their signatures).
export { beginAnswers, decide, decideFrame, decidePayload, evaluate, nextAnswer } from './evaluate';
export { loadVector } from './flatbuffers/payload';
export { countCodePoints } from './flatbuffers/text';
export { callFunction } from './functions/call';
export { afterPiece, nextPiece, pieceText, textJoin } from './functions/text';
export { verifyImage } from './image/verifier';
export { matchIndex } from './index/match';
export { decideJson, decideText, openText, refuseText, transcodeText } from './json/decide-json';
export { beginText, leaveText, readField, resumeText } from './json/registers';
export { splitJson } from './json/split';
export { listsAreBound, writeListVersions } from './lists/binding';
export { listHas } from './lists/list';
export { verifyList } from './lists/verify';
export { f64Remainder } from './ops/arithmetic';
export { textCompare, textEqual } from './ops/text';
export { actOnOutput, beginOutputs, endOutputs, storeOutput } from './outputs/write';
export { writeParameterVersions } from './parameters/binding';
export { verifyParameters } from './parameters/verify';
export { showOutputs, writeFailure } from './rules/decision';
export { renderDecision } from './rules/decision-json';
export { runEnsemble } from './trees/ensemble';
