// The echo: uWebSockets.js that takes the same bytes as Verdict and answers with as many, and does nothing in between. The path of
// a WebSocket says how many.

import { loadUws } from '../../src/server/uws.js';
import { cpuMillis, serveCalls } from '../child.js';
import { addHeadEchoes } from './head-echo.js';

export interface EchoSizes {
  /** Bytes of the body of an HTTP reply. */
  readonly httpBytes: number;
}

export type EchoHandlers = {
  start: (sizes: EchoSizes) => Promise<{ port: number }>;
  cpu: () => number;
};

const BACKPRESSURE_BYTES_MAX = 64 * 1024 * 1024;
const FRAME_BYTES_MAX = 16 * 1024 * 1024;

serveCalls({
  start: async ({ httpBytes }) => {
    const { uws } = loadUws();
    const body = Buffer.alloc(httpBytes, 0x20);
    const app = uws.App();
    app.post('/*', (response) => {
      response.onAborted(() => {});
      response.onData((_chunk, isLast) => {
        if (!isLast) return;
        response.cork(() => {
          response.writeHeader('Content-Type', 'application/json').end(body);
        });
      });
    });
    addHeadEchoes(app, body);
    app.ws<{ frame: Buffer }>('/:bytes', {
      compression: uws.DISABLED,
      maxPayloadLength: FRAME_BYTES_MAX,
      maxBackpressure: BACKPRESSURE_BYTES_MAX,
      idleTimeout: 120,
      upgrade: (response, request, context) => {
        response.upgrade(
          { frame: Buffer.alloc(Number(request.getParameter(0))) },
          request.getHeader('sec-websocket-key'),
          request.getHeader('sec-websocket-protocol'),
          request.getHeader('sec-websocket-extensions'),
          context,
        );
      },
      message: (socket) => {
        socket.send(socket.getUserData().frame, true);
      },
    });
    return new Promise((resolve, reject) => {
      app.listen('127.0.0.1', 0, (listening) => {
        if (listening) resolve({ port: uws.us_socket_local_port(listening) });
        else reject(new Error('the echo could not listen'));
      });
    });
  },
  cpu: cpuMillis,
} satisfies EchoHandlers);
