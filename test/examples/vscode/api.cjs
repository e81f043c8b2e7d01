// The module `vscode` for a process without an editor: what extensions register is taken and never called, one document is open, and
// what is shown to people is told by `tell`.

const { readFileSync } = require('node:fs');
const { pathToFileURL, fileURLToPath } = require('node:url');

const disposable = () => ({ dispose() {} });

/** An object whose other functions take anything and give something that can be disposed of. */
const accepting = (own) =>
  new Proxy(own, { get: (target, key) => (key in target || typeof key !== 'string' ? target[key] : disposable) });

class Uri {
  constructor(href) {
    const { protocol, pathname } = new URL(href);
    Object.assign(this, { href, scheme: protocol.slice(0, -1), path: pathname });
  }
  static parse = (href) => new Uri(href);
  static file = (path) => new Uri(pathToFileURL(path).href);
  get fsPath() {
    return fileURLToPath(this.href);
  }
  toString() {
    return this.href;
  }
}

class EventEmitter {
  #listeners = [];
  event = (listener) => {
    this.#listeners.push(listener);
    return disposable();
  };
  fire(value) {
    for (const listener of this.#listeners) listener(value);
  }
  dispose() {}
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: disposable };
  cancel() {}
  dispose() {}
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}
class Range {
  constructor(...ends) {
    const [start, end] = ends.length === 4 ? [new Position(ends[0], ends[1]), new Position(ends[2], ends[3])] : ends;
    Object.assign(this, { start, end });
  }
}
class CodeActionKind {
  static Empty = new CodeActionKind('');
  constructor(value) {
    this.value = value;
  }
  append(part) {
    return new CodeActionKind(this.value === '' ? part : `${this.value}.${part}`);
  }
}
class Diagnostic {
  constructor(range, message, severity) {
    Object.assign(this, { range, message, severity });
  }
}

/** A class of the API that nothing is asked of, or an enum: every member is a number. */
const anything = () => new Proxy(class {}, { get: (target, key) => (key in target || typeof key !== 'string' ? target[key] : 0) });

const channel = (tell) => {
  const say = (text) => tell({ log: String(text) });
  return accepting({ append: say, appendLine: say, error: say, warn: say, logLevel: 3, onDidChangeLogLevel: disposable });
};

/**
 * @param version of the editor
 * @param settings by their full names
 * @param folders paths of the workspace
 * @param open the path of the document that is open
 * @param tell takes `{ diagnostics, log, message }` as they come
 */
function vscodeApi({ version, settings, folders, open }, tell) {
  const uri = Uri.file(open);
  const document = {
    uri,
    fileName: open,
    languageId: 'yaml',
    version: 1,
    isClosed: false,
    getText: () => readFileSync(open, 'utf8'),
  };
  const show = (message) => {
    tell({ message });
    return Promise.resolve();
  };
  const own = {
    __esModule: true,
    version,
    Uri,
    EventEmitter,
    CancellationTokenSource,
    Position,
    Range,
    Diagnostic,
    CodeActionKind,
    Disposable: class {
      dispose() {}
    },
    env: { language: 'en', appName: 'test', clipboard: {} },
    extensions: accepting({ all: [], onDidChange: disposable }),
    commands: accepting({}),
    languages: accepting({
      // Documents match by their language alone.
      match: (selectors, { languageId }) => (selectors.some(({ language }) => language === languageId) ? 10 : 0),
      createDiagnosticCollection: () =>
        accepting({
          set: (where, list) =>
            tell({ diagnostics: { uri: String(where), list: (list ?? []).map(({ code }) => ({ code: code.value ?? code })) } }),
        }),
    }),
    window: accepting({
      createOutputChannel: () => channel(tell),
      showErrorMessage: show,
      showWarningMessage: show,
      visibleTextEditors: [],
      tabGroups: accepting({ all: [] }),
    }),
    workspace: accepting({
      workspaceFolders: folders.map((path, index) => ({ uri: Uri.file(path), name: path, index })),
      textDocuments: [document],
      notebookDocuments: [],
      getConfiguration: (section) => ({
        get: (name, initial) => settings[section === undefined ? name : `${section}.${name}`] ?? initial,
        inspect: () => undefined,
      }),
      createFileSystemWatcher: () => accepting({}),
    }),
  };
  return new Proxy(own, {
    get: (target, key) => {
      if (!(key in target) && typeof key === 'string' && /^[A-Z]/.test(key)) target[key] = anything();
      return target[key];
    },
  });
}

module.exports = { vscodeApi };
