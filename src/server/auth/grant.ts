// What a caller may do, once it is known who it is.

import { Problem } from '../../errors.js';
import type { Access } from '../api/route.js';

export type Scope = 'decide' | 'admin' | 'metrics';

export interface Grant {
  /** Names of tenants; `*` is all of them. */
  readonly tenants: ReadonlySet<string>;
  readonly scopes: ReadonlySet<Scope>;
}

const SCOPES: ReadonlySet<string> = new Set<Scope>(['decide', 'admin', 'metrics']);

/** Scopes that are none of ours are left out: tokens are for others too. */
export function readScopes(names: readonly string[]): Set<Scope> {
  return new Set(names.filter((name): name is Scope => SCOPES.has(name)));
}

/** Throws Problem FORBIDDEN; the same whether there is such a tenant or not. `tenant` is '' where the route has none. */
export function requireAccess(grant: Grant, access: Access, tenant: string): void {
  const { tenants, scopes } = grant;
  if (tenant !== '' && !tenants.has(tenant) && !tenants.has('*'))
    throw new Problem('FORBIDDEN', `the caller is not one of tenant ${tenant}`);
  const isAllowed = access === 'tenant' ? scopes.has('decide') || scopes.has('admin') : access === 'open' || scopes.has(access);
  if (!isAllowed)
    throw new Problem('FORBIDDEN', `the caller has not the scope ${access === 'tenant' ? 'decide or admin' : access}`);
}
