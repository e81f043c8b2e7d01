// /v1/{tenant}/bundles: publishing, and what callers must know of a bundle to write payloads for it.

import { readJsonBundle, readTarGz } from '../bundle/archive.js';
import type { BundleFiles } from '../bundle/files.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { positionOf, renderDiagnostic } from '../diagnostic/render.js';
import { Problem } from '../errors.js';
import type { LiveImage } from '../registry/live-image.js';
import { emitFbs } from '../schema/fbs.js';
import { type DeclaredOutputs, emitOutputsFbs, emitOutputsTypeScript, outputsJsonSchema } from '../schema/output-documents.js';
import { emitTypeScript } from '../schema/typescript.js';
import { bodyText, readBody } from './body.js';
import { findLive, requireTenant } from './context.js';
import type { Exchange, Headers } from './exchange.js';
import { essence } from './media-type.js';

const GZIP_TYPES = new Set(['application/gzip', 'application/x-gzip', 'application/x-tar+gzip', 'application/x-gtar']);

/** PUT bundles/{name}: 201 once the bundle is durable and live, 200 where it was before or with `?dryRun`. */
export function publish(exchange: Exchange): void {
  const type = essence(exchange.head.contentType);
  const isJson = type === 'application/json';
  if (!isJson && !GZIP_TYPES.has(type)) {
    throw new Problem(
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type is ${type === '' ? 'absent' : type}; send application/gzip or application/json`,
    );
  }
  const dryRun = isDryRun(exchange.query);
  readBody(exchange, exchange.context.config.bundleBytesMax, (body) => {
    // The body's bytes live no longer than this call, and reading an archive takes turns.
    const files = isJson ? Promise.resolve(readJsonBundle(bodyText(body))) : readTarGz(body.slice());
    publishFiles(exchange, files, dryRun).catch((error: unknown) => exchange.fail(error));
  });
}

async function publishFiles(exchange: Exchange, reading: Promise<BundleFiles>, dryRun: boolean): Promise<void> {
  const files = await reading;
  const { tenant, name, context } = exchange;
  try {
    const result = await context.engine.publish(tenant, files, { dryRun, name });
    const created = result.created && !dryRun;
    const { log } = context.config;
    if (created) log.info({ ...exchange.logFields, version: result.version, image: result.image }, 'published');
    exchange.json(
      created ? 201 : 200,
      {
        name: result.name,
        version: result.version,
        image: result.image,
        costMax: result.costMax,
        created: result.created,
        dryRun,
        diagnostics: renderDiagnostics(result.diagnostics, files),
      },
      created ? [['Location', `/v1/${tenant}/bundles/${name}`]] : [],
    );
  } catch (error) {
    if (!(error instanceof Problem) || error.diagnostics === undefined) throw error;
    throw new Problem(error.code, error.message, error.errors, renderDiagnostics(error.diagnostics as Diagnostic[], files));
  }
}

/** Diagnostics as callers read them: line and column from 1, and the whole as text with the source line and a caret. */
function renderDiagnostics(diagnostics: readonly Diagnostic[], files: BundleFiles): object[] {
  return diagnostics.map((diagnostic) => ({
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    file: diagnostic.span.file,
    ...positionOf(diagnostic.span, files),
    ...(diagnostic.advice === undefined ? {} : { advice: diagnostic.advice }),
    ...(diagnostic.payload === undefined ? {} : { payload: diagnostic.payload }),
    text: renderDiagnostic(diagnostic, files),
  }));
}

/** `?dryRun`, `?dryRun=true` and `?dryRun=1`; `false` and `0` are no. Throws Problem INVALID_REQUEST for anything else. */
function isDryRun(query: string): boolean {
  const value = new URLSearchParams(query).get('dryRun');
  if (value === null || value === 'false' || value === '0') return false;
  if (value === '' || value === 'true' || value === '1') return true;
  throw new Problem('INVALID_REQUEST', `dryRun is ${value}; it is true or false`);
}

/** GET bundles */
export function listBundles(exchange: Exchange): void {
  const { engine } = exchange.context;
  requireTenant(engine, exchange.tenant);
  exchange.json(200, { bundles: engine.bundles(exchange.tenant).map(summary) });
}

/** GET bundles/{name} */
export function showBundle(exchange: Exchange): void {
  const live = findLive(exchange.context.engine, exchange.tenant, exchange.name);
  const { combine, onError, rules } = live.manifest;
  exchange.json(200, {
    ...summary(live),
    combine,
    onError,
    rules: rules.map(({ id, when, score, outcome, reason, cost }) => ({ id, when, score, outcome, reason, cost })),
  });
}

function summary(live: LiveImage): object {
  const { name, version, image, costMax, head, model, ruleCount } = live;
  return { name, version, image, model: model.hash, profile: head.profile, rules: ruleCount, costMax };
}

/** GET bundles/{name}/model.fbs and so on, outputs.fbs and so on; Verdict-Model names the model's hash. */
export const MODEL_FILES: Readonly<Record<string, { type: string; render: (live: LiveImage) => string }>> = {
  'model.fbs': { type: 'text/plain; charset=utf-8', render: (live) => emitFbs(live.model) },
  'model.ts': { type: 'text/plain; charset=utf-8', render: (live) => emitTypeScript(live.model) },
  'outputs.fbs': { type: 'text/plain; charset=utf-8', render: (live) => emitOutputsFbs(outputsOf(live)) },
  'outputs.ts': { type: 'text/plain; charset=utf-8', render: (live) => emitOutputsTypeScript(outputsOf(live)) },
  'outputs.schema.json': {
    type: 'application/schema+json',
    render: (live) => JSON.stringify(outputsJsonSchema(outputsOf(live)), null, 2),
  },
  'model.schema.json': { type: 'application/schema+json', render: (live) => JSON.stringify(live.manifest.modelSchema, null, 2) },
};

function outputsOf({ name, version, head }: LiveImage): DeclaredOutputs {
  return { name, version, outputs: head.outputs ?? [] };
}

/** A route for one of MODEL_FILES. */
export function showModel(file: string): (exchange: Exchange) => void {
  const { type, render } = MODEL_FILES[file]!;
  return (exchange) => {
    const live = findLive(exchange.context.engine, exchange.tenant, exchange.name);
    const headers: Headers = [['Verdict-Model', live.model.hash]];
    exchange.send(200, type, render(live), headers);
  };
}
