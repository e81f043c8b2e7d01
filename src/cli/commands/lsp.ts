// verdict lsp: the language server, on standard input and output.

import { type Command, Option } from 'commander';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveLanguage } from '../../lsp/server.js';
import { defineCommand } from '../command.js';
import { DISK, pageUri } from '../language-files.js';
import { packageVersion } from '../version.js';

/** `verdict lsp`. */
export function lspCommand(): Command {
  const options = [
    new Option('--stdio', 'speak over standard input and output, as it always does: editors say it').default(true),
    // vscode-languageserver reads it by itself, from the arguments of the process.
    new Option('--clientProcessId <pid>', 'the process of the editor, without which the server ends: editors say it'),
  ];
  return defineCommand(
    'lsp',
    '',
    'serve editors with diagnostics, completion, and more (Language Server Protocol)',
    options,
    serve,
  );
}

function serve(): Promise<number> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serveLanguage(connection, { files: DISK, pageUri, version: packageVersion() });
  // The client ends it: its `exit`, or the end of the input, ends the process.
  return new Promise(() => undefined);
}
