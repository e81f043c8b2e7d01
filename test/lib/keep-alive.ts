// One kept connection to a server, and what its listener is known by: decision ids of one event loop begin alike.

import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface KeptAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON says
  json: any;
  text: string;
}

/** Requests that go one after the other over one connection; a broken one is an error. */
export class KeptConnection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly port: number) {}

  call(method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}): Promise<KeptAnswer> {
    const answer = this.last.then(() => this.send(method, path, body, headers));
    this.last = answer.catch(() => {});
    return answer;
  }

  /** Sends JSON. */
  json(method: string, path: string, value: unknown, headers: Record<string, string> = {}): Promise<KeptAnswer> {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    return this.call(method, path, body, { 'content-type': 'application/json', ...headers });
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    headers: Record<string, string>,
  ): Promise<KeptAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { host: '127.0.0.1', port: this.port, method, path, agent: this.agent, headers: { ...headers, ...length } };
      const sent = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const json = /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode as number, headers: response.headers, json, text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** What the decisions of one event loop have in common. */
export function loopOf(decisionId: string): string {
  return decisionId.slice(0, 16);
}

/**
 * A connection to each of so many listeners, by what `loopOf` says of it. `decide` has a connection decide something.
 * Rejects where 200 connections have not reached all of them.
 */
export async function reachAll(
  port: number,
  count: number,
  decide: (connection: KeptConnection) => Promise<KeptAnswer>,
): Promise<Map<string, KeptConnection>> {
  const found = new Map<string, KeptConnection>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries === 200) throw new Error(`200 connections have reached ${found.size} of ${count} listeners`);
    const connection = new KeptConnection(port);
    const loop = loopOf((await decide(connection)).json.decisionId as string);
    if (found.has(loop)) connection.close();
    else found.set(loop, connection);
  }
  return found;
}
