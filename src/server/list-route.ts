// /v1/{tenant}/lists: versions of lists, put without touching the bundles that read them.

import type { ListFormat } from '../bundle/list-content.js';
import { Problem } from '../errors.js';
import { streamBody } from './body.js';
import { requireTenant } from './context.js';
import type { Exchange } from './exchange.js';
import { essence, isUtf8Type } from './media-type.js';

interface ListMedia {
  format: ListFormat | 'region';
  header?: boolean;
}

/** PUT lists/{name}: 201 once the version is durable and in use, 200 where it was current before. `?type` as Engine.putList. */
export function putList(exchange: Exchange): void {
  const media = listMedia(exchange.head.contentType);
  const { tenant, name, context } = exchange;
  const type = new URLSearchParams(exchange.query).get('type');
  const chunks = streamBody(exchange, context.config.listBytesMax);
  const put = async (): Promise<void> => {
    const result = await context.engine.putList(tenant, name, { ...media, chunks }, type === null ? {} : { type });
    const { created, version, count } = result;
    if (created) context.config.log.info({ ...exchange.logFields, version, count }, 'list put');
    exchange.json(created ? 201 : 200, result, created ? [['Location', `/v1/${tenant}/lists/${name}`]] : []);
  };
  put().catch((error: unknown) => exchange.fail(error));
}

/** GET lists */
export function showLists(exchange: Exchange): void {
  const { engine } = exchange.context;
  requireTenant(engine, exchange.tenant);
  exchange.json(200, { lists: engine.lists(exchange.tenant) });
}

/** GET lists/{name}: the current version, and which live bundles read it. */
export function showList(exchange: Exchange): void {
  const { engine } = exchange.context;
  const { tenant, name } = exchange;
  requireTenant(engine, tenant);
  const list = engine.lists(tenant).find((each) => each.name === name);
  if (list === undefined) throw new Problem('LIST_NOT_FOUND', `tenant ${tenant} has no list ${name}`);
  const readers = engine.bundles(tenant).filter((live) => live.tenantList(name) !== undefined);
  exchange.json(200, { ...list, bundles: readers.map((live) => live.name) });
}

/** DELETE lists/{name} */
export function deleteList(exchange: Exchange): void {
  const { tenant, name, context } = exchange;
  requireTenant(context.engine, tenant);
  context.engine.deleteList(tenant, name).then(
    () => {
      context.config.log.info(exchange.logFields, 'list deleted');
      exchange.json(200, { name, deleted: true });
    },
    (error: unknown) => exchange.fail(error),
  );
}

/** text/plain: an entry a line. text/csv, with `header=absent` (RFC 4180) where its first line is an entry. Else a region. */
function listMedia(contentType: string): ListMedia {
  switch (essence(contentType)) {
    case 'text/plain':
      requireUtf8(contentType);
      return { format: 'lines' };
    case 'text/csv':
      requireUtf8(contentType);
      return { format: 'csv', header: !/;\s*header\s*=\s*"?absent"?\s*(;|$)/i.test(contentType) };
    case 'application/octet-stream':
      return { format: 'region' };
    default: {
      const given = contentType === '' ? 'absent' : contentType;
      const types = 'text/plain, text/csv or application/octet-stream';
      throw new Problem('UNSUPPORTED_MEDIA_TYPE', `Content-Type is ${given}; send ${types}`);
    }
  }
}

function requireUtf8(contentType: string): void {
  if (!isUtf8Type(contentType)) throw new Problem('UNSUPPORTED_MEDIA_TYPE', `Content-Type is ${contentType}; send UTF-8`);
}
