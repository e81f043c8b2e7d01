// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

export { Answer } from './wire/answer.js';
export { AnswerBatch } from './wire/answer-batch.js';
export { Request } from './wire/request.js';
export { RequestBatch } from './wire/request-batch.js';
export { BundleModel } from './wire/bundle-model.js';
export { Control } from './wire/control.js';
export { Hello } from './wire/hello.js';
export { Welcome } from './wire/welcome.js';
export { Decision } from './wire/decision.js';
export { DecisionId } from './wire/decision-id.js';
export { Inputs } from './wire/inputs.js';
export { ListVersion } from './wire/list-version.js';
export { Outcome } from './wire/outcome.js';
export { ParameterVersion } from './wire/parameter-version.js';
export { Reason } from './wire/reason.js';
export { Status } from './wire/status.js';
