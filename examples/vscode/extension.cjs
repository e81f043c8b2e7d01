// Starts `verdict lsp` and leaves everything to it.

const { existsSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { window, workspace } = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

const MAIN = 'node_modules/verdict/dist/src/cli/main.js';

/** @type {LanguageClient | undefined} */
let client;

/** The server among the packages of a folder, or of one around it. */
function installedAround(folder) {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, MAIN))) return join(dir, MAIN);
    if (dir === dirname(dir)) return undefined;
  }
}

/** The command that is configured, that of the project, or that of the system. */
function serverOptions() {
  const configured = workspace.getConfiguration('verdict').get('path', '');
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const command = configured || folders.map(installedAround).find((path) => path !== undefined) || 'verdict';
  // A module is run by the Node of the editor: no other one has to be installed.
  if (command.endsWith('.js')) return { module: command, args: ['lsp'], transport: TransportKind.stdio };
  return { command, args: ['lsp'], transport: TransportKind.stdio, options: { shell: process.platform === 'win32' } };
}

async function activate() {
  const server = serverOptions();
  client = new LanguageClient('verdict', 'Verdict', server, {
    documentSelector: ['yaml', 'json', 'csv'].map((language) => ({ scheme: 'file', language })),
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{yaml,yml,json,csv,txt}') },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const tried = server.command ?? server.module;
    const advice = 'install the package `verdict` in this project, or name its command by the setting `verdict.path`';
    window.showErrorMessage(`\`${tried} lsp\` did not start: ${advice}. ${error.message ?? error}`);
  }
}

module.exports = { activate, deactivate: () => client?.stop() };
