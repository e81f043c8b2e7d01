// The listen socket. At the limit of connections it is closed, and opened again when enough of them are gone: at the
// process's file limit uWebSockets.js would spin on accept, so the server must stop accepting before.

import type { Traffic } from './context.js';
import type { TemplatedApp, Uws, us_listen_socket } from './uws.js';

/** Not shared with another process: two servers on one port would each get half of the connections. */
const LISTEN_EXCLUSIVE = 1;
/** Share of the limit at which accepting begins again. */
const RESUME_SHARE = 0.95;

type ListenExclusive = (host: string, port: number, options: number, done: (socket: us_listen_socket | false) => void) => void;

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

  /** Begins to listen; 0 = any free port. Throws Error with code EADDRINUSE where it cannot. */
  start(port: number): void {
    if (!this.open(port)) {
      const error = new Error(`cannot listen on ${this.host}:${port}: the address is in use or not of this machine`);
      throw Object.assign(error, { code: 'EADDRINUSE' });
    }
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
    const listen = this.app.listen.bind(this.app) as unknown as ListenExclusive;
    listen(this.host, port, LISTEN_EXCLUSIVE, (socket) => {
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
