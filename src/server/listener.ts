// The listen socket. At the limit of connections it is closed, and opened again when enough of them are gone: at the
// process's file limit uWebSockets.js would spin on accept, so the server must stop accepting before.

import { type AddressInfo, createServer } from 'node:net';
import type { Traffic } from './context.js';
import type { TemplatedApp, Uws, us_listen_socket } from './uws.js';

/** Share of the limit at which accepting begins again. */
const RESUME_SHARE = 0.95;

export class Listener {
  private socket: us_listen_socket | false = false;
  private stopped = false;
  port = 0;

  constructor(
    private readonly uws: Uws,
    private readonly app: TemplatedApp,
    private readonly traffic: Traffic,
    private readonly host: string,
    private readonly connectionsMax: number,
  ) {
    traffic.changed = () => this.adjust();
    // biome-ignore lint/suspicious/useIterableCallbackReturn: this filter is the library's connection counter, not an array's
    app.filter((_, change) => {
      // Upgraded connections leave HTTP in the upgrade handler, and are counted as streams from then on.
      traffic.httpConnections += Number(change) > 0 ? 1 : -1;
      traffic.changed();
    });
  }

  /** Begins to listen; 0 = any free port. Rejects with the system's error where it cannot: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
  async start(port: number): Promise<void> {
    const free = await probe(this.host, port);
    if (!this.open(free)) throw new Error(`cannot listen on ${this.host}:${free}`);
  }

  /** Stops listening for good; open connections stay. */
  stop(): void {
    this.stopped = true;
    this.close();
  }

  /** Whenever a connection comes or goes. */
  private adjust(): void {
    const connections = this.traffic.httpConnections + this.traffic.streams;
    if (this.socket !== false && connections >= this.connectionsMax) this.close();
    // Where opening fails, the next connection that goes is the next try.
    else if (this.socket === false && !this.stopped && connections <= this.connectionsMax * RESUME_SHARE) this.open(this.port);
  }

  private open(port: number): boolean {
    this.app.listen(this.host, port, (socket) => {
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
function probe(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const free = (server.address() as AddressInfo).port;
      server.close(() => resolve(free));
    });
  });
}
