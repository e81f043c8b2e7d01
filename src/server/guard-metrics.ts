// What is counted of those who are kept out, and of how callers became known.

import type { AddressCounts } from './address-counts.js';
import type { Authenticator } from './auth/authenticator.js';
import type { ServerMetrics } from './metrics.js';

/** Adds the metrics of limits by address and of authentication. */
export function addGuardMetrics(metrics: ServerMetrics, addresses: AddressCounts, auth: Authenticator | undefined): void {
  metrics.add(
    'verdict_connections_refused_total',
    'counter',
    'Connections closed because their address had as many as it may.',
    () => [{ labels: { reason: 'address' }, value: addresses.refused }],
  );
  if (auth === undefined) return;
  metrics.add('verdict_auth_total', 'counter', 'Callers, by how they became known or why not.', () => {
    const of = (method: string, counts: Record<string, number> | undefined) =>
      Object.entries(counts ?? {}).map(([result, value]) => ({ labels: { method, result }, value }));
    return [...of('bearer', auth.tokens?.counts), ...of('signature', auth.signatures?.counts)];
  });
}
