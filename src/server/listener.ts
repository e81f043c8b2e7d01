// The listen socket. At the limit of connections it is closed, and opened again when enough of them are gone: at the
// process's file limit uWebSockets.js would spin on accept, so the server must stop accepting before.

import { type AddressInfo, createServer } from 'node:net';
import { addressKey } from './address-counts.js';
import type { Context } from './context.js';
import type { HttpResponse, TemplatedApp, Uws, us_listen_socket } from './uws.js';

/** Share of the limit at which accepting begins again. */
const RESUME_SHARE = 0.95;

export class Listener {
  private socket: us_listen_socket | false = false;
  private stopped = false;
  private app: TemplatedApp | undefined;
  private isRefusing = false;
  port = 0;

  constructor(
    private readonly uws: Uws,
    private readonly context: Context,
    private readonly host: string,
  ) {}

  /** Takes connections into this app from now on; those of the one before stay with it. */
  use(app: TemplatedApp): void {
    const { traffic, addresses } = this.context;
    // biome-ignore lint/suspicious/useIterableCallbackReturn: this filter is the library's connection counter, not an array's
    app.filter((response, change) => {
      // Upgraded connections leave HTTP in the upgrade handler, and are counted as streams from then on.
      const isOpening = Number(change) > 0;
      traffic.httpConnections += isOpening ? 1 : -1;
      if (isOpening && addresses.max > 0 && !addresses.open(addressKey(response.getRemoteAddress()))) this.refuse(response);
      else if (!isOpening && !this.isRefusing) addresses.close();
      traffic.changed();
    });
    const before = this.socket;
    this.app = app;
    if (before === false) return;
    // The port is shared for a moment, so that no connection finds nobody.
    this.open(this.port);
    this.uws.us_listen_socket_close(before);
  }

  /** Begins to listen; 0 = any free port. Rejects with the system's error where it cannot: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
  async start(port: number): Promise<void> {
    // Others of a fleet listen there already; their parent has found the port.
    const free = this.context.fleet?.isPortShared === true ? port : await freePort(this.host, port);
    if (!this.open(free)) throw new Error(`cannot listen on ${this.host}:${free}`);
    this.context.addresses.ports.add(this.port);
  }

  /** Stops listening for good; open connections stay. */
  stop(): void {
    this.stopped = true;
    this.close();
  }

  /** Whenever a connection comes or goes. */
  adjust(): void {
    const { traffic, config } = this.context;
    const connections = traffic.httpConnections + traffic.streams;
    if (this.socket !== false && connections >= config.connectionsMax) this.close();
    // Where opening fails, the next connection that goes is the next try.
    else if (this.socket === false && !this.stopped && connections <= config.connectionsMax * RESUME_SHARE) this.open(this.port);
  }

  /** Closes a connection that has just come. Its close is not one of those that were counted. */
  private refuse(response: HttpResponse): void {
    this.isRefusing = true;
    response.close();
    this.isRefusing = false;
  }

  private open(port: number): boolean {
    this.app?.listen(this.host, port, (socket) => {
      this.socket = socket;
      if (socket !== false) this.port = this.uws.us_socket_local_port(socket as never);
    });
    return this.socket !== false;
  }

  private close(): void {
    if (this.socket !== false) this.uws.us_listen_socket_close(this.socket);
    this.socket = false;
  }
}

/**
 * The port to listen on; 0 becomes a free one. uWebSockets.js shares a port with whoever else shares it, and two servers on one
 * port would each get half of the connections; its exclusive mode, and port 0, on the other hand cannot listen again while a
 * connection of the port is open. A socket of Node's takes an address over from old connections and from nobody else, so it
 * finds out.
 */
export function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const free = (server.address() as AddressInfo).port;
      server.close(() => resolve(free));
    });
  });
}
