// A bare echo, for comparison: uWebSockets.js alone, which reads the frames that Verdict reads and answers with as many bytes, real
// answers of Verdict that are sent again. What it takes is what the network takes, with this client.

import { loadUws } from '../server/uws.js';
import { SUBPROTOCOL } from '../stream/protocol.js';
import { idAt } from './frame.js';

export interface EchoOrder {
  /** Answers: the payloads of frames, or bodies. They are given in turn. */
  readonly replies: readonly Uint8Array[];
  readonly host: string;
  readonly frameBytesMax: number;
}

const BACKPRESSURE_BYTES_MAX = 16 * 1024 * 1024;
/** Never: connections are held as long as the tester wants, and pings would be work that it does not ask for. */
const IDLE_SECONDS_MAX = 0;
const ID_BYTES = 8;

function listen({ replies, host, frameBytesMax }: EchoOrder): void {
  const { uws } = loadUws();
  const app = uws.App();
  const places = replies.map((reply) => idAt(reply));
  let last = 0;
  const next = (): number => {
    last = last + 1 === replies.length ? 0 : last + 1;
    return last;
  };
  app.post('/*', (response) => {
    response.onAborted(() => undefined);
    response.onData((_chunk, isLast) => {
      if (!isLast) return;
      const reply = replies[next()] as Uint8Array;
      response.cork(() => {
        response.writeHeader('Content-Type', 'application/json').end(reply);
      });
    });
  });
  app.ws('/*', {
    compression: uws.DISABLED,
    maxPayloadLength: frameBytesMax,
    maxBackpressure: BACKPRESSURE_BYTES_MAX,
    idleTimeout: IDLE_SECONDS_MAX,
    upgrade: (response, request, context) => {
      response.upgrade(
        {},
        request.getHeader('sec-websocket-key'),
        SUBPROTOCOL,
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    message: (socket, message) => {
      const frame = new Uint8Array(message);
      const from = idAt(frame);
      const index = next();
      const reply = replies[index] as Uint8Array;
      const to = places[index] as number;
      if (from >= 0 && to >= 0) reply.set(frame.subarray(from, from + ID_BYTES), to);
      socket.send(reply, true);
    },
  });
  app.listen(host, 0, (socket) => {
    process.send?.({ port: socket === false ? 0 : uws.us_socket_local_port(socket as never) });
  });
}

process.on('SIGINT', () => {});
process.once('message', (order) => listen(order as EchoOrder));
// with its parent; the app holds open sockets, which a plain exit does not mind in the main thread
process.once('disconnect', () => process.exit());
