// `verdict/client`: a client of the WebSocket protocol, for Node and browsers.

export type { Decision, NamedVersion, OutcomeName, Reason, StatusName } from '../schema/decision.js';
export { type Client, connect } from './client.js';
export {
  ClientError,
  type ClientOptions,
  type ClientStats,
  type ReconnectOptions,
  type RequestOptions,
  type SocketConstructor,
  type SocketLike,
} from './options.js';
