// The public module: everything an embedding application may import.

export type { BundleFiles } from './bundle/files.js';
export { compile } from './compiler/compile.js';
export type { EngineOptions } from './config.js';
export type { DecisionView } from './decision-view.js';
export type { Diagnostic, Severity, Span } from './diagnostic/diagnostic.js';
export { renderDiagnostic } from './diagnostic/render.js';
export {
  createEngine,
  type Engine,
  type EngineStats,
  type GivenValues,
  type ListBytes,
  type ListContent,
  type ListInfo,
  type LoadOptions,
  type ParameterEvent,
  type ParameterInfo,
  type ParametersInfo,
  type PublishResult,
  type PutParametersResult,
  type PutResult,
  type StoreProblem,
  type TenantStats,
} from './engine.js';
export { type PayloadError, PROBLEMS, Problem, type ProblemCode } from './errors.js';
export type { ExplainedChoice, ExplainedCondition, ExplainedRule, ExplainedValue, Explanation } from './explain.js';
export type { Manifest, ManifestRule } from './image/manifest.js';
export type { CallOptions, Payload, RuleSet } from './ruleset.js';
export { type Decision, type Reason, readDecision, renderDecision } from './schema/decision.js';
export type { Model } from './schema/model.js';
