// What vscode-languageclient 10.0.0 does with a server, where that package is not installed beside the extension: how it is started
// and with which arguments, and the first words that are spoken. package.mjs runs the same tests with the package.

const { fork, spawn } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const rpc = require('vscode-languageserver/node');
const { languages, workspace } = require('vscode');

const TransportKind = { stdio: 0 };

class LanguageClient {
  constructor(_id, _name, server, { documentSelector }) {
    Object.assign(this, { server, documentSelector, diagnostics: languages.createDiagnosticCollection() });
  }

  async start() {
    const { module, command, args, transport, options } = this.server;
    if (transport !== TransportKind.stdio) throw new Error(`transport ${transport}`);
    // A module is told whose process to follow; a command is not.
    this.process =
      module === undefined
        ? spawn(command, [...args, '--stdio'], options)
        : fork(module, [...args, '--stdio', `--clientProcessId=${process.pid}`], { silent: true, execArgv: [] });
    await new Promise((resolve, reject) => this.process.once('spawn', resolve).once('error', reject));
    this.process.stderr.pipe(process.stderr);
    const { stdout, stdin } = this.process;
    this.connection = rpc.createMessageConnection(new rpc.StreamMessageReader(stdout), new rpc.StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) =>
      this.diagnostics.set(uri, diagnostics),
    );
    this.connection.onRequest('client/registerCapability', () => null);
    const ended = new Promise((_, reject) => this.connection.onClose(() => reject(new Error('the server has ended'))));
    this.connection.listen();
    const workspaceFolders = workspace.workspaceFolders.map(({ uri, name }) => ({ uri: pathToFileURL(uri.fsPath).href, name }));
    const initialize = { processId: process.pid, rootUri: workspaceFolders[0].uri, capabilities: {}, workspaceFolders };
    await Promise.race([this.connection.sendRequest('initialize', initialize), ended]);
    await this.connection.sendNotification('initialized', {});
    for (const document of workspace.textDocuments) {
      if (languages.match(this.documentSelector, document) === 0) continue;
      const { uri, languageId, version } = document;
      const textDocument = { uri: String(uri), languageId, version, text: document.getText() };
      await this.connection.sendNotification('textDocument/didOpen', { textDocument });
    }
  }

  async stop() {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
  }
}

module.exports = { LanguageClient, TransportKind };
