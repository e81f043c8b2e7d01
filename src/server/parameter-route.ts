// /v1/{tenant}/parameters: values that live bundles declare, set without publishing them again.

import { Problem } from '../errors.js';
import type { GivenValues, PutParametersResult } from '../registry/parameters.js';
import { parseJson } from '../schema/json-text.js';
import { bodyText, readBody } from './body.js';
import { requireTenant } from './context.js';
import type { Exchange } from './exchange.js';
import { essence } from './media-type.js';

/** PUT parameters/{name}: all values of a set; those that are left out have their defaults. 201, or 200 where they held before. */
export function putParameters(exchange: Exchange): void {
  change(exchange, (body) => {
    const { context, tenant, name } = exchange;
    return context.engine.putParameters(tenant, name, valuesOf(body));
  });
}

/** PATCH parameters/{name}: some values of a set, as a JSON merge patch (RFC 7396): null takes one back to its default. */
export function patchParameters(exchange: Exchange): void {
  change(exchange, (body) => {
    const { context, tenant, name } = exchange;
    return context.engine.putParameters(tenant, name, valuesOf(body), { merge: true });
  });
}

/** POST parameters/{name}/rollback: `{ "version": ... }`, or `{}` for the version that was current before. */
export function rollbackParameters(exchange: Exchange): void {
  change(exchange, (body) => {
    const { context, tenant, name } = exchange;
    const { version, ...others } = valuesOf(body);
    if (Object.keys(others).length > 0 || (version !== undefined && typeof version !== 'string'))
      throw new Problem('INVALID_PARAMETERS', 'the body is { "version": "16 hex digits" } or {}');
    return context.engine.rollbackParameters(tenant, name, version as string | undefined);
  });
}

/** GET parameters */
export function showAllParameters(exchange: Exchange): void {
  const { engine } = exchange.context;
  requireTenant(engine, exchange.tenant);
  exchange.json(200, { parameters: engine.parameters(exchange.tenant) });
}

/** GET parameters/{name}: what is set, and what holds for each live bundle that declares the set. */
export function showParameters(exchange: Exchange): void {
  exchange.json(200, findSet(exchange));
}

/** GET parameters/{name}/versions: what has been current, the last one now. */
export function showParameterVersions(exchange: Exchange): void {
  const { context, tenant, name } = exchange;
  findSet(exchange);
  context.engine.parameterHistory(tenant, name).then(
    (versions) => exchange.json(200, { name, versions }),
    (error: unknown) => exchange.fail(error),
  );
}

function findSet({ context, tenant, name }: Exchange): ReturnType<typeof context.engine.parameters>[number] {
  requireTenant(context.engine, tenant);
  const set = context.engine.parameters(tenant).find((each) => each.name === name);
  if (set === undefined) throw new Problem('PARAMETERS_NOT_FOUND', `tenant ${tenant} has no set of parameters ${name}`);
  return set;
}

function change(exchange: Exchange, use: (body: Uint8Array) => Promise<PutParametersResult>): void {
  const { context, tenant, name, head } = exchange;
  const type = essence(head.contentType);
  if (type !== 'application/json' && type !== 'application/merge-patch+json') {
    const given = head.contentType === '' ? 'absent' : head.contentType;
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', `Content-Type is ${given}; send application/json`);
  }
  readBody(exchange, context.config.bodyBytesMax, (body) => {
    use(body).then(
      (result) => {
        const { created, version } = result;
        if (created) context.config.log.info({ ...exchange.logFields, version }, 'parameters put');
        exchange.json(created ? 201 : 200, result, created ? [['Location', `/v1/${tenant}/parameters/${name}`]] : []);
      },
      (error: unknown) => exchange.fail(error),
    );
  });
}

/** Throws Problem INVALID_JSON; INVALID_PARAMETERS where the body is no object. */
function valuesOf(body: Uint8Array): GivenValues {
  const { value, duplicates } = parseJson(bodyText(body));
  if (duplicates.length > 0) throw new Problem('INVALID_PARAMETERS', duplicates[0]!.message, duplicates);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as GivenValues;
  throw new Problem('INVALID_PARAMETERS', 'the body is an object of values by name');
}
