// The language server: what a client asks, answered from the bundles of its workspace. The only folder that knows the protocol.

import {
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
  type SemanticTokensLegend,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TOKEN_TYPES } from '../editor/tokens.js';
import type { ServerContext } from './context.js';
import { diagnosticOf, type PageUri } from './convert.js';
import { answerEdits } from './edits.js';
import { answerQuestions } from './questions.js';
import { type FileAccess, type OpenBundle, Workspace } from './workspace.js';

export interface LanguageServerOptions {
  files: FileAccess;
  pageUri: PageUri;
  version: string;
}

/** Milliseconds without a change after which a bundle is checked: changes that came together are one. */
const QUIET_MILLIS = 5;

const LEGEND: SemanticTokensLegend = { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [] };

/** Serves a connection until the client ends it. */
export function serveLanguage(connection: Connection, { files, pageUri, version }: LanguageServerOptions): void {
  const context: ServerContext = { workspace: new Workspace(files), pageUri, client: {} };
  const { workspace } = context;
  const due = new Map<OpenBundle, NodeJS.Timeout>();
  let folders: string[] = [];

  /** Checks a bundle, and tells the client what has changed for it. */
  const report = (bundle: OpenBundle): void => {
    clearTimeout(due.get(bundle));
    due.delete(bundle);
    const byFile = new Map<string, ReturnType<typeof diagnosticOf>[]>();
    for (const path of bundle.reported) byFile.set(path, []);
    for (const diagnostic of bundle.session.check()) {
      const { file } = diagnostic.span;
      const list = byFile.get(file);
      if (list === undefined) byFile.set(file, [diagnosticOf(bundle, diagnostic, pageUri)]);
      else list.push(diagnosticOf(bundle, diagnostic, pageUri));
    }
    bundle.reported.clear();
    for (const [path, diagnostics] of byFile) {
      void connection.sendDiagnostics({ uri: bundle.uriOf(path), diagnostics });
      if (diagnostics.length > 0) bundle.reported.add(path);
    }
  };
  const reportSoon = (bundle: OpenBundle | undefined): void => {
    if (bundle === undefined) return;
    clearTimeout(due.get(bundle));
    const timer = setTimeout(() => {
      try {
        report(bundle);
      } catch (error) {
        // Our bug, and no reason to leave the author without an editor.
        connection.console.error(`${bundle.dir}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }, QUIET_MILLIS);
    due.set(bundle, timer);
  };

  connection.onInitialize(({ capabilities, workspaceFolders, rootUri }): InitializeResult => {
    context.client = capabilities;
    folders = workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []);
    return {
      serverInfo: { name: 'verdict', version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        completionProvider: { triggerCharacters: ['.', '"', "'", ' ', ':', '-', ','] },
        hoverProvider: true,
        signatureHelpProvider: { triggerCharacters: ['(', ','] },
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        documentSymbolProvider: true,
        workspaceSymbolProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll'] },
        codeLensProvider: {},
        documentFormattingProvider: true,
        renameProvider: { prepareProvider: true },
        semanticTokensProvider: { legend: LEGEND, full: true, range: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    if (context.client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const watchers = [{ globPattern: '**/*.{yaml,yml,json,csv,txt}' }];
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (context.client.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) for (const bundle of workspace.removeFolder(uri)) withdraw(bundle);
        for (const { uri } of added) for (const bundle of workspace.addFolder(uri)) reportSoon(bundle);
      });
    }
    for (const uri of folders) for (const bundle of workspace.addFolder(uri)) reportSoon(bundle);
  });
  const withdraw = (bundle: OpenBundle): void => {
    clearTimeout(due.get(bundle));
    for (const path of bundle.reported) void connection.sendDiagnostics({ uri: bundle.uriOf(path), diagnostics: [] });
  };

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version: number, text } }) => {
    reportSoon(workspace.open(TextDocument.create(uri, languageId, number, text))?.bundle);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: number }, contentChanges }) => {
    reportSoon(workspace.change(uri, contentChanges, number)?.bundle);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => reportSoon(workspace.close(uri)?.bundle));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const bundle of workspace.changedOnDisk(changes.map(({ uri }) => uri))) reportSoon(bundle);
  });
  connection.onShutdown(() => {
    for (const timer of due.values()) clearTimeout(timer);
    due.clear();
  });

  answerQuestions(connection, context);
  answerEdits(connection, context);
  connection.listen();
}
