// What a client asks and what changes nothing: completion, hover, places, outlines, colours.

import {
  type Connection,
  DocumentHighlightKind,
  type Position,
  SemanticTokensBuilder,
  type SymbolInformation,
} from 'vscode-languageserver/node';
import { completeAt } from '../editor/complete.js';
import { hoverAt } from '../editor/hover.js';
import { localAt, type Occurrence, occurrencesOf, symbolAt } from '../editor/occurrences.js';
import { outlineOf, searchOutline } from '../editor/outline.js';
import { signatureAt } from '../editor/signature.js';
import { semanticTokens, TOKEN_TYPES } from '../editor/tokens.js';
import type { ServerContext } from './context.js';
import { completionItemOf, documentSymbolOf, locationOf, rangeOf, symbolKindOf } from './convert.js';
import type { Located } from './workspace.js';

/** Names that a search over the workspace gives at most. */
const FOUND_MAX = 200;
/** Rules of a file up to which costs stand beside them. */
const LENSES_MAX = 2000;

export interface Place extends Located {
  offset: number;
}

/** The place of a position in a document of a bundle. */
export function placeOf(context: ServerContext, uri: string, position: Position): Place | undefined {
  const located = context.workspace.locate(uri);
  if (located?.bundle.session.has(located.path) !== true) return undefined;
  return { ...located, offset: located.bundle.document(located.path).offsetAt(position) };
}

/** Places of what stands at a place: of a parameter of a function, or of a name of the bundle. */
function occurrencesAt({ bundle, path, offset }: Place): Pick<Occurrence, 'span' | 'isDeclaration'>[] {
  const local = localAt(bundle.session, path, offset);
  if (local !== undefined) return local.map((span, index) => ({ span, isDeclaration: index === 0 }));
  const found = symbolAt(bundle.session, path, offset);
  return found === undefined ? [] : occurrencesOf(bundle.session, found.symbol);
}

export function answerQuestions(connection: Connection, context: ServerContext): void {
  connection.onCompletion(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    const found = place && completeAt(place.bundle.session, place.path, place.offset);
    if (place === undefined || found === undefined) return null;
    const snippets = context.client.textDocument?.completion?.completionItem?.snippetSupport === true;
    return found.items.map((item) => completionItemOf(place.bundle, place.path, found, item, snippets));
  });

  connection.onHover(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    const hover = place && hoverAt(place.bundle.session, place.path, place.offset);
    if (place === undefined || hover === undefined) return null;
    return { contents: { kind: 'markdown', value: hover.markdown }, range: rangeOf(place.bundle, hover.span) };
  });

  connection.onSignatureHelp(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    const found = place && signatureAt(place.bundle.session, place.path, place.offset);
    if (found === undefined) return null;
    const { label, documentation, parameters, active } = found;
    const signature = { label, documentation, parameters: parameters.map((parameter) => ({ label: parameter })) };
    return { signatures: [signature], activeSignature: 0, activeParameter: active };
  });

  connection.onDefinition(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    if (place === undefined) return null;
    return occurrencesAt(place).flatMap(({ span, isDeclaration }) => (isDeclaration ? [locationOf(place.bundle, span)] : []));
  });

  connection.onReferences(({ textDocument, position, context: { includeDeclaration } }) => {
    const place = placeOf(context, textDocument.uri, position);
    if (place === undefined) return null;
    return occurrencesAt(place).flatMap(({ span, isDeclaration }) =>
      isDeclaration && !includeDeclaration ? [] : [locationOf(place.bundle, span)],
    );
  });

  connection.onDocumentHighlight(({ textDocument, position }) => {
    const place = placeOf(context, textDocument.uri, position);
    if (place === undefined) return null;
    return occurrencesAt(place)
      .filter(({ span }) => span.file === place.path && span.end > span.start)
      .map(({ span, isDeclaration }) => ({
        range: rangeOf(place.bundle, span),
        kind: isDeclaration ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const located = context.workspace.locate(textDocument.uri);
    if (located === undefined) return null;
    return outlineOf(located.bundle.session, located.path).map((item) => documentSymbolOf(located.bundle, item));
  });

  connection.onWorkspaceSymbol(({ query }) => {
    const found: SymbolInformation[] = [];
    for (const bundle of context.workspace.bundles) {
      const containerName = bundle.session.bundle?.name ?? bundle.dir;
      for (const item of searchOutline(bundle.session, query, FOUND_MAX - found.length))
        found.push({ name: item.name, kind: symbolKindOf(item), location: locationOf(bundle, item.nameSpan), containerName });
    }
    return found;
  });

  connection.onCodeLens(({ textDocument }) => {
    const located = context.workspace.locate(textDocument.uri);
    if (located === undefined) return null;
    const { bundle, path } = located;
    const kind = bundle.session.kind(path);
    if (kind !== 'rules' && kind !== 'features') return [];
    const costs = bundle.session.costs();
    if (costs.size === 0 || bundle.session.pieces(path).length > LENSES_MAX) return [];
    return outlineOf(bundle.session, path).flatMap(({ name, nameSpan }) => {
      const units = costs.get(kind === 'rules' ? name : `feature ${name}`);
      if (units === undefined) return [];
      const title = `at most ${Math.round(units).toLocaleString('en-US')} units`;
      return [{ range: rangeOf(bundle, nameSpan), command: { title, command: '' } }];
    });
  });

  const tokens = (uri: string, range?: { start: Position; end: Position }): { data: number[] } => {
    const builder = new SemanticTokensBuilder();
    const located = context.workspace.locate(uri);
    if (located === undefined) return builder.build();
    const { bundle, path } = located;
    const document = bundle.document(path);
    const from = range === undefined ? 0 : document.offsetAt(range.start);
    const to = range === undefined ? Number.POSITIVE_INFINITY : document.offsetAt(range.end);
    for (const { start, end, type } of semanticTokens(bundle.session, path, from, to)) {
      const { line, character } = document.positionAt(start);
      builder.push(line, character, end - start, TOKEN_TYPES.indexOf(type), 0);
    }
    return builder.build();
  };
  connection.languages.semanticTokens.on(({ textDocument }) => tokens(textDocument.uri));
  connection.languages.semanticTokens.onRange(({ textDocument, range }) => tokens(textDocument.uri, range));
}
