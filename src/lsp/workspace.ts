// The bundles that an editor works on: each a directory with a bundle.yaml, its files as they are on disk, and over them the
// documents that are open, saved or not.

import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { BundleFiles } from '../bundle/files.js';
import { BundleSession } from '../editor/session.js';

/** How files are reached; paths are absolute, with the separators of the system. */
export interface FileAccess {
  /** The nearest directory around a file that is a bundle; undefined where none is. */
  bundleAround(file: string): string | undefined;
  /** Directories below a folder that are bundles, some tens at most. */
  bundlesBelow(folder: string): string[];
  /** The files of a bundle by their path in it; empty where it cannot be read. */
  readBundle(dir: string): BundleFiles;
}

/** It does not count, as it does not on disk; few clients send it. */
const BYTE_ORDER_MARK = '\ufeff';

/** A file of a bundle. */
export interface Located {
  bundle: OpenBundle;
  /** In the bundle, with slashes. */
  path: string;
}

export class OpenBundle {
  readonly session: BundleSession;
  /** Files for which the client shows diagnostics. */
  readonly reported = new Set<string>();
  readonly #documents = new Map<string, TextDocument>();
  readonly #uris = new Map<string, string>();

  constructor(
    readonly dir: string,
    files: BundleFiles,
  ) {
    this.session = new BundleSession();
    for (const [path, bytes] of files) this.session.setBytes(path, bytes);
  }

  uriOf(path: string): string {
    let uri = this.#uris.get(path);
    if (uri === undefined) {
      uri = pathToFileURL(`${this.dir}/${path}`).href;
      this.#uris.set(path, uri);
    }
    return uri;
  }

  /** A file as it is now, for its lines and columns. */
  document(path: string): TextDocument {
    const text = this.session.text(path);
    const known = this.#documents.get(path);
    if (known !== undefined && known.getText() === text) return known;
    const document = TextDocument.create(this.uriOf(path), '', 0, text);
    this.#documents.set(path, document);
    return document;
  }

  /** Takes over the document that a client has open, so that its lines are not counted twice. */
  setDocument(path: string, document: TextDocument): void {
    const text = document.getText();
    const hasMark = text.startsWith(BYTE_ORDER_MARK);
    this.session.setText(path, hasMark ? text.slice(BYTE_ORDER_MARK.length) : text);
    if (!hasMark) this.#documents.set(path, document);
  }
}

export class Workspace {
  readonly #bundles = new Map<string, OpenBundle>();
  readonly #open = new Map<string, TextDocument>();

  constructor(readonly files: FileAccess) {}

  get bundles(): OpenBundle[] {
    return [...this.#bundles.values()];
  }

  /** Opens the bundles of a folder of the workspace. */
  addFolder(uri: string): OpenBundle[] {
    const folder = pathOf(uri);
    return folder === undefined ? [] : this.files.bundlesBelow(folder).map((dir) => this.#bundle(dir));
  }

  /** Forgets the bundles of a folder, those with open documents aside. */
  removeFolder(uri: string): OpenBundle[] {
    const folder = pathOf(uri);
    return this.bundles.filter((bundle) => {
      const isInside = folder !== undefined && (bundle.dir === folder || bundle.dir.startsWith(`${folder}/`));
      const isOpen = [...this.#open.keys()].some((other) => this.locate(other)?.bundle === bundle);
      if (!isInside || isOpen) return false;
      this.#bundles.delete(bundle.dir);
      return true;
    });
  }

  /** The bundle and path of a file; undefined where it is in none. */
  locate(uri: string): Located | undefined {
    const file = pathOf(uri);
    const dir = file === undefined ? undefined : this.#dirAround(file);
    if (file === undefined || dir === undefined) return undefined;
    return { bundle: this.#bundle(dir), path: file.slice(dir.length + 1).replaceAll('\\', '/') };
  }

  /** A document was opened. */
  open(document: TextDocument): Located | undefined {
    this.#open.set(document.uri, document);
    const located = this.locate(document.uri);
    located?.bundle.setDocument(located.path, document);
    return located;
  }

  /** An open document changed. */
  change(uri: string, changes: Parameters<typeof TextDocument.update>[1], version: number): Located | undefined {
    const document = this.#open.get(uri);
    if (document === undefined) return undefined;
    TextDocument.update(document, changes, version);
    const located = this.locate(uri);
    located?.bundle.setDocument(located.path, document);
    return located;
  }

  /** A document was closed: what is on disk counts again. */
  close(uri: string): Located | undefined {
    this.#open.delete(uri);
    const located = this.locate(uri);
    if (located !== undefined) this.#reload(located.bundle);
    return located;
  }

  /** Files have changed on disk. Returns the bundles that they belong to. */
  changedOnDisk(uris: readonly string[]): OpenBundle[] {
    const bundles = new Set<OpenBundle>();
    for (const uri of uris) {
      const located = this.locate(uri);
      if (located !== undefined) bundles.add(located.bundle);
    }
    for (const bundle of bundles) this.#reload(bundle);
    return [...bundles];
  }

  #reload(bundle: OpenBundle): void {
    const files = this.files.readBundle(bundle.dir);
    const { session } = bundle;
    const open = new Map<string, TextDocument>();
    for (const [uri, document] of this.#open) {
      const located = this.locate(uri);
      if (located?.bundle === bundle) open.set(located.path, document);
    }
    for (const path of session.paths) if (!files.has(path) && !open.has(path)) session.setBytes(path, undefined);
    for (const [path, bytes] of files) if (!open.has(path)) session.setBytes(path, bytes);
  }

  #bundle(dir: string): OpenBundle {
    let bundle = this.#bundles.get(dir);
    if (bundle === undefined) {
      bundle = new OpenBundle(dir, this.files.readBundle(dir));
      this.#bundles.set(dir, bundle);
    }
    return bundle;
  }

  /** A bundle that is known counts, also where its bundle.yaml is gone for the moment. */
  #dirAround(file: string): string | undefined {
    const known = [...this.#bundles.keys()].filter((dir) => file.startsWith(`${dir}/`));
    return known.sort((a, b) => b.length - a.length)[0] ?? this.files.bundleAround(file);
  }
}

/** The path of a URI that names a file. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri).replace(/[\\/]$/, '') : undefined;
  } catch {
    return undefined;
  }
}
