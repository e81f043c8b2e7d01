// How a socket comes to a target: bare, or by TLS.

import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Address } from './order.js';

/** What a client needs for TLS, as texts in PEM. */
export interface ClientTls {
  /** Authorities of the server's certificate, in place of the system's. */
  readonly ca?: string;
  /** Certificate of the client, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** A TLS connection on its way: it is there with 'secureConnect'. The server's certificate must be for the host. */
export function dialTls({ host, port }: Address, tls: ClientTls, localAddress?: string): TLSSocket {
  return connect({
    ...{ host, port, ...tls },
    // a name only: certificates have addresses in another place
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(localAddress === undefined ? {} : { localAddress }),
    ALPNProtocols: ['http/1.1'],
  });
}

/** The event by which a socket says that it may be written to. */
export function openEvent(tls: ClientTls | undefined): 'connect' | 'secureConnect' {
  return tls === undefined ? 'connect' : 'secureConnect';
}
