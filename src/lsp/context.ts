// What the handlers of requests share.

import { type ClientCapabilities, ResponseError } from 'vscode-languageserver/node';
import type { PageUri } from './convert.js';
import type { Workspace } from './workspace.js';

export interface ServerContext {
  workspace: Workspace;
  pageUri: PageUri;
  client: ClientCapabilities;
}

/** Says no to a request, with a reason that the client shows. */
export function refused(message: string): ResponseError {
  // RequestFailed of the protocol: the request was sound, and cannot be done.
  return new ResponseError(-32803, message);
}
