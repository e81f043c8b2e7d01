// What a client asks and what changes files: quick fixes, renaming, formatting. The client applies what it is given.

import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  type RenameFile,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { applyFixes } from '../diagnostic/fix.js';
import { type Rename, renamableAt, renameAt } from '../editor/rename.js';
import { formatFile } from '../format/format-file.js';
import { refused, type ServerContext } from './context.js';
import { editOf, quickFixOf, rangeOf } from './convert.js';
import { placeOf } from './questions.js';
import type { OpenBundle } from './workspace.js';

export function answerEdits(connection: Connection, context: ServerContext): void {
  connection.onCodeAction(({ textDocument, range, context: { only } }) => {
    const located = context.workspace.locate(textDocument.uri);
    if (located === undefined) return null;
    const { bundle, path } = located;
    const document = bundle.document(path);
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const wants = (kind: string): boolean =>
      only === undefined || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
    const own = bundle.session.check().filter(({ span, fix }) => span.file === path && fix?.span.file === path);
    const actions: CodeAction[] = [];
    if (wants(CodeActionKind.QuickFix)) {
      for (const diagnostic of own) {
        if (diagnostic.span.end < from || diagnostic.span.start > to) continue;
        const action = quickFixOf(bundle, diagnostic, context.pageUri);
        if (action !== undefined) actions.push(action);
      }
    }
    if (own.length > 0 && wants(CodeActionKind.SourceFixAll)) {
      const title = `Mend all that has one mending (${own.length})`;
      const text = bundle.session.text(path);
      const { files } = applyFixes(new Map([[path, new TextEncoder().encode(text)]]), own);
      const mended = new TextDecoder().decode(files.get(path));
      if (files.has(path))
        actions.push({
          title,
          kind: CodeActionKind.SourceFixAll,
          edit: { changes: { [textDocument.uri]: minimalEdit(bundle, path, mended) } },
        });
    }
    return actions;
  });

  connection.onPrepareRename(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    const found = place && renamableAt(place.bundle.session, place.path, place.offset);
    if (place === undefined || found === undefined) return null;
    return { range: rangeOf(place.bundle, found.span), placeholder: found.name };
  });

  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const place = placeOf(context, textDocument.uri, position);
    const renamed = place && renameAt(place.bundle.session, place.path, place.offset, newName);
    if (place === undefined || renamed === undefined) return null;
    return typeof renamed === 'string' ? refused(renamed) : workspaceEdit(context, place.bundle, renamed);
  });

  connection.onDocumentFormatting(({ textDocument }) => {
    const located = context.workspace.locate(textDocument.uri);
    if (located === undefined) return null;
    const { bundle, path } = located;
    const kind = bundle.session.kind(path);
    const formatted =
      kind &&
      formatFile(path, kind, bundle.session.text(path), kind === 'csv' ? bundle.session.headOf(path) : bundle.session.shape(path));
    return formatted === undefined ? null : minimalEdit(bundle, path, formatted);
  });
}

function workspaceEdit(
  context: ServerContext,
  bundle: OpenBundle,
  { edits: renamed, files }: Rename,
): WorkspaceEdit | ReturnType<typeof refused> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of renamed) {
    const uri = bundle.uriOf(span.file);
    const edits = changes[uri] ?? [];
    edits.push(editOf(bundle, span, text));
    changes[uri] = edits;
  }
  const { workspaceEdit: can } = context.client.workspace ?? {};
  if (files.length === 0 && can?.documentChanges !== true) return { changes };
  if (files.length > 0 && can?.resourceOperations?.includes('rename') !== true)
    return refused(`rename the file ${files.map(({ from }) => from).join(' and ')}: this editor cannot be asked to`);
  const texts = Object.entries(changes).map(
    ([uri, list]): TextDocumentEdit => ({ textDocument: { uri, version: null }, edits: list }),
  );
  // Texts are changed under their old paths, then the files are moved.
  const moves = files.map(({ from, to }): RenameFile => ({ kind: 'rename', oldUri: bundle.uriOf(from), newUri: bundle.uriOf(to) }));
  return { documentChanges: [...texts, ...moves] };
}

/** The lines that differ between a file and another text of it, as one edit: cursors elsewhere stay where they are. */
function minimalEdit(bundle: OpenBundle, path: string, text: string): TextEdit[] {
  const old = bundle.session.text(path);
  if (old === text) return [];
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old[start] === text[start]) start++;
  start = old.lastIndexOf('\n', start - 1) + 1;
  let same = 0;
  while (same < most - start && old[old.length - 1 - same] === text[text.length - 1 - same]) same++;
  return [editOf(bundle, { file: path, start, end: old.length - same }, text.slice(start, text.length - same))];
}
