// What a route is: the one table of them (routes.ts) says how requests are taken, who may send them, and what /openapi.json
// tells callers.

import type { ProblemCode } from '../../errors.js';
import type { Exchange } from '../exchange.js';
import type { BodyRule } from '../request-head.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Handler = (exchange: Exchange) => void;

/**
 * Who may ask, where callers are known: `open` anybody; `metrics` a caller with that scope; `tenant` whoever may decide for the
 * tenant or administers it; `decide`; `admin`. Of the last three, a caller of that tenant.
 */
export type Access = 'open' | 'metrics' | 'tenant' | 'decide' | 'admin';

/** A body, by media type. */
export interface Content {
  /** A name of API_SCHEMAS, or a JSON Schema. */
  schema: string | object;
  /** A value as JSON, or a text. */
  example?: unknown;
}

export type Contents = Readonly<Record<string, Content>>;

/** Headers of requests that routes read, by their names in /openapi.json. */
export type HeaderName = 'Verdict-Model' | 'Verdict-Deadline' | 'Idempotency-Key';

/** A parameter of the query. */
export interface QueryParameter {
  name: string;
  description: string;
  schema: object;
  example?: string;
}

export interface RouteAnswer {
  description: string;
  content: Contents;
}

export interface Route {
  readonly method: Method;
  /** Path parameters are :tenant and :name, in this order. */
  readonly pattern: string;
  readonly handler: Handler;
  readonly access: Access;
  /** Where there is a port for administration it is answered there only, as what asks for `admin` or `metrics` is. */
  readonly isInternal?: boolean;
  /** operationId: stable, clients are generated with it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: readonly QueryParameter[];
  readonly headers?: readonly HeaderName[];
  /** Absent: no body is taken. */
  readonly request?: Contents;
  /** What is answered where nothing is wrong, by status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Beside what every route may answer. */
  readonly problems: readonly ProblemCode[];
  /** What :name is an example of. */
  readonly exampleName?: string;
}

/** What a route says of bodies, as the framing rules take it. */
export function bodyRule(route: Route): BodyRule {
  return route.request === undefined ? 'none' : 'required';
}
