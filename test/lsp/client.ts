// A client of the language server: the command in a process of its own, spoken to as an editor does, over its standard streams.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  ClientCapabilities,
  Diagnostic,
  InitializeResult,
  Position,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MAIN = join(root, 'dist/src/cli/main.js');

const CAPABILITIES: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ['rename'] },
  },
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
};

export class EditorClient {
  readonly #documents = new Map<string, TextDocument>();
  readonly #diagnostics = new Map<string, Diagnostic[]>();
  #told: (() => void)[] = [];

  private constructor(
    readonly folder: string,
    readonly process: ChildProcess,
    readonly connection: MessageConnection,
    readonly server: InitializeResult,
  ) {}

  /** Starts the server over a folder that holds these files. */
  static async start(files: Readonly<Record<string, string>>, capabilities = CAPABILITIES): Promise<EditorClient> {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-lsp-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const process_ = spawn(process.execPath, [MAIN, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const connection = createMessageConnection(new StreamMessageReader(process_.stdout!), new StreamMessageWriter(process_.stdin!));
    const published: PublishDiagnosticsParams[] = [];
    let tell = (params: PublishDiagnosticsParams): void => void published.push(params);
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => tell(params));
    connection.onRequest('client/registerCapability', () => null);
    connection.listen();
    const uri = pathToFileURL(folder).href;
    const server = await connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: uri,
      capabilities,
      workspaceFolders: [{ uri, name: 'test' }],
    });
    const client = new EditorClient(folder, process_, connection, server);
    tell = (params) => client.#take(params);
    for (const params of published) client.#take(params);
    await connection.sendNotification('initialized', {});
    return client;
  }

  #take({ uri, diagnostics }: PublishDiagnosticsParams): void {
    this.#diagnostics.set(uri, diagnostics);
    const told = this.#told;
    this.#told = [];
    for (const tell of told) tell();
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  /** Opens a document as the editor has it; `|` is not looked for. */
  async open(path: string, text: string): Promise<void> {
    const document = TextDocument.create(this.uri(path), 'yaml', 1, text);
    this.#documents.set(path, document);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: document.uri, languageId: 'yaml', version: 1, text },
    });
  }

  /** Replaces the first place of a text in an open document, as typing does. */
  async replace(path: string, old: string, text: string): Promise<void> {
    const document = this.#documents.get(path)!;
    const start = document.getText().indexOf(old);
    const range = { start: document.positionAt(start), end: document.positionAt(start + old.length) };
    const contentChanges = [{ range, text }];
    TextDocument.update(document, contentChanges, document.version + 1);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: document.uri, version: document.version },
      contentChanges,
    });
  }

  text(path: string): string {
    return this.#documents.get(path)!.getText();
  }

  /** The place of a text in an open document: at the `|` in it. */
  at(path: string, mark: string): { textDocument: { uri: string }; position: Position } {
    const document = this.#documents.get(path)!;
    const start = document.getText().indexOf(mark.replace('|', ''));
    if (start === -1) throw new Error(`${path} holds no ${mark}`);
    return { textDocument: { uri: document.uri }, position: document.positionAt(start + Math.max(0, mark.indexOf('|'))) };
  }

  ask<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(`textDocument/${method}`, params);
  }

  /** Waits until the diagnostics of a file are such. */
  async diagnosticsWhere(path: string, test: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    for (;;) {
      const known = this.#diagnostics.get(this.uri(path));
      if (known !== undefined && test(known)) return known;
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  /** Ends the server as editors do. @returns its exit code */
  async stop(): Promise<number | null> {
    const ended = once(this.process, 'exit');
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const [code] = (await ended) as [number | null];
    this.connection.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}
