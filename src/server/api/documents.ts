// The documents that tell callers what the server takes: made when they are asked for the first time, and kept.

import type { LiveImage } from '../../registry/live-image.js';
import { renderDocsPage } from './docs-page.js';
import { openApiDocument } from './openapi.js';
import type { Route } from './route.js';

/** Version of the interface, not of the program. */
const API_VERSION = '1.0.0';

export class ApiDocuments {
  private text: string | undefined;
  private html: string | undefined;

  constructor(private readonly routes: readonly Route[]) {}

  /** JSON text of the document for all tenants. */
  openApi(): string {
    this.text ??= JSON.stringify(openApiDocument(this.routes, API_VERSION), null, 2);
    return this.text;
  }

  /** JSON text of the document with the live bundles of a tenant. */
  tenantOpenApi(tenant: string, live: readonly LiveImage[]): string {
    const routes = this.routes.filter(({ pattern }) => pattern.includes(':tenant'));
    return JSON.stringify(openApiDocument(routes, API_VERSION, tenant, live), null, 2);
  }

  /** The page: one HTML document that loads nothing. */
  docs(): string {
    this.html ??= renderDocsPage(openApiDocument(this.routes, API_VERSION));
    return this.html;
  }
}
