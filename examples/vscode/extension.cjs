// Starts `verdict lsp` and leaves everything to it.

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { workspace } = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

/** @type {LanguageClient | undefined} */
let client;

/** The command that is configured, that of the project, or that of the system. */
function serverOptions() {
  const configured = workspace.getConfiguration('verdict').get('path', '');
  const installed = (workspace.workspaceFolders ?? [])
    .map(({ uri }) => join(uri.fsPath, 'node_modules/verdict/dist/src/cli/main.js'))
    .find(existsSync);
  const command = configured === '' ? (installed ?? 'verdict') : configured;
  // A module is run by the Node of the editor: no other one has to be installed.
  if (command.endsWith('.js')) return { module: command, args: ['lsp'], transport: TransportKind.stdio };
  return { command, args: ['lsp'], transport: TransportKind.stdio, options: { shell: process.platform === 'win32' } };
}

async function activate() {
  client = new LanguageClient('verdict', 'Verdict', serverOptions(), {
    documentSelector: ['yaml', 'json', 'csv'].map((language) => ({ scheme: 'file', language })),
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{yaml,yml,json,csv,txt}') },
  });
  await client.start();
}

module.exports = { activate, deactivate: () => client?.stop() };
