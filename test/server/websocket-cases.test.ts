// The recorded cases of the Autobahn suite (RFC 6455) against an echo with the socket options of the stream.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveServerConfig } from '#src/server/config.js';
import { socketOptions } from '#src/server/stream.js';
import { loadUws } from '#src/server/uws.js';
import { type CaseResult, playCase, type WebSocketCase } from '../lib/websocket-case.js';

const FILE = fileURLToPath(new URL('../../../shared/data/http/websocket-autobahn-cases.jsonl', import.meta.url));
const missing = existsSync(FILE) ? undefined : `${FILE} is not there`;

/** Cases that uWebSockets.js takes otherwise, each with the clause of RFC 6455 that has the last word. */
const JUSTIFIED: Readonly<Record<string, string>> = {
  '7.1.6':
    'expects only the second of two messages before a close; the echo sends both, whole, and then closes with 1000: an endpoint may ' +
    'delay its Close until its current message is sent (5.5.1), and data that came before a Close is data',
};

/** Cases at a time: most of each is waiting. */
const TOGETHER = 16;

describe.skipIf(missing !== undefined)(`WebSocket cases ${missing ?? ''}`, () => {
  const cases = missing === undefined ? readCases() : [];
  const results = new Map<string, CaseResult>();
  let close: () => void = () => {};

  beforeAll(async () => {
    const { uws } = loadUws();
    const app = uws.App();
    app.ws('/*', {
      ...socketOptions(resolveServerConfig({}), uws),
      message: (socket, message, isBinary) => {
        socket.send(message, isBinary);
      },
    });
    close = () => app.close();
    const port = await new Promise<number>((resolve, reject) => {
      app.listen('127.0.0.1', 0, (listening) => {
        if (listening) resolve(uws.us_socket_local_port(listening));
        else reject(new Error('the echo could not listen'));
      });
    });
    const waiting = [...cases];
    const play = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.set(next.id, await playCase(port, next));
    };
    await Promise.all(Array.from({ length: TOGETHER }, play));
  }, 240_000);
  afterAll(() => close());

  it('are all there', () => expect(cases).toHaveLength(247));

  it('are all as the suite wants them, but for those that are justified', () => {
    const differing = cases.flatMap(({ id }) => {
      const difference = results.get(id)?.difference;
      return difference === undefined ? [] : [[id, difference] as const];
    });
    const unjustified = differing.filter(([id]) => !(id in JUSTIFIED));
    const abrupt = [...results.values()].filter(({ isAbrupt }) => isAbrupt).length;
    const passed = cases.length - differing.length;
    console.log(
      `WebSocket cases: ${passed} passed, ${differing.length} differ, 0 skipped; ` +
        `${abrupt} connections failed without a close frame, as 7.1.7 (SHOULD) lets pass`,
    );
    expect(Object.fromEntries(unjustified)).toEqual({});
    expect(Object.keys(JUSTIFIED).filter((id) => !differing.some(([other]) => other === id))).toEqual([]);
  });
});

function readCases(): WebSocketCase[] {
  return readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WebSocketCase);
}
