// What Verdict says in the words of the protocol.

import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  type Location,
  type Diagnostic as LspDiagnostic,
  type Range,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver/node';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.js';
import type { Completion, CompletionKind, Completions } from '../editor/complete.js';
import type { OutlineItem } from '../editor/outline.js';
import type { OpenBundle } from './workspace.js';

/** Where the page of a diagnostic code is; undefined where there are no pages. */
export type PageUri = (code: string) => string | undefined;

/** Diagnostics about what has no effect: editors fade it. */
const UNNECESSARY: ReadonlySet<string> = new Set(['V3403', 'V3603', 'V4202', 'V4204', 'V4205']);

export function rangeOf(bundle: OpenBundle, { file, start, end }: Span): Range {
  const document = bundle.document(file);
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

export function locationOf(bundle: OpenBundle, span: Span): Location {
  return { uri: bundle.uriOf(span.file), range: rangeOf(bundle, span) };
}

export function editOf(bundle: OpenBundle, span: Span, newText: string): TextEdit {
  return { range: rangeOf(bundle, span), newText };
}

export function diagnosticOf(bundle: OpenBundle, diagnostic: Diagnostic, pageUri: PageUri): LspDiagnostic {
  const { code, severity, message, advice, span, related, payload } = diagnostic;
  const href = pageUri(code);
  const shown =
    payload === undefined
      ? ''
      : `\nfor instance: ${JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`;
  return {
    range: rangeOf(bundle, span),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: 'verdict',
    message: (advice === undefined ? message : `${message}\n${advice}`) + shown,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    ...(UNNECESSARY.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related === undefined
      ? {}
      : { relatedInformation: related.map((one) => ({ message: one.message, location: locationOf(bundle, one.span) })) }),
  };
}

/** The mending of a diagnostic, where it has one. */
export function quickFixOf(bundle: OpenBundle, diagnostic: Diagnostic, pageUri: PageUri): CodeAction | undefined {
  const { fix } = diagnostic;
  if (fix === undefined) return undefined;
  const old = bundle.session.text(fix.span.file).slice(fix.span.start, fix.span.end);
  const title =
    fix.text === '' ? `Remove \`${old}\`` : old === '' ? `Write \`${fix.text}\`` : `Write \`${fix.text}\` for \`${old}\``;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    isPreferred: true,
    diagnostics: [diagnosticOf(bundle, diagnostic, pageUri)],
    edit: { changes: { [bundle.uriOf(fix.span.file)]: [editOf(bundle, fix.span, fix.text)] } },
  };
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  value: CompletionItemKind.Value,
  function: CompletionItemKind.Function,
  property: CompletionItemKind.Property,
  keyword: CompletionItemKind.Keyword,
  member: CompletionItemKind.EnumMember,
  group: CompletionItemKind.Module,
  key: CompletionItemKind.Property,
  reason: CompletionItemKind.Constant,
  variable: CompletionItemKind.Variable,
};

export function completionItemOf(
  bundle: OpenBundle,
  path: string,
  { start, end }: Completions,
  item: Completion,
  snippets: boolean,
): CompletionItem {
  const { label, kind, detail, documentation, snippet, text, rank = 0 } = item;
  const isSnippet = snippets && snippet !== undefined;
  const newText = isSnippet ? snippet : (text ?? label);
  return {
    label,
    kind: COMPLETION_KINDS[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: 'markdown', value: documentation } }),
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: editOf(bundle, { file: path, start, end }, newText),
    sortText: `${rank}${label}`,
  };
}

const SYMBOL_KINDS: Readonly<Record<OutlineItem['kind'], SymbolKind>> = {
  rule: SymbolKind.Function,
  feature: SymbolKind.Variable,
  row: SymbolKind.Array,
  field: SymbolKind.Field,
  test: SymbolKind.Event,
  parameter: SymbolKind.Constant,
  column: SymbolKind.Property,
  characteristic: SymbolKind.Object,
  key: SymbolKind.Key,
};

export function symbolKindOf({ kind }: OutlineItem): SymbolKind {
  return SYMBOL_KINDS[kind];
}

export function documentSymbolOf(bundle: OpenBundle, item: OutlineItem): DocumentSymbol {
  const { name, detail, span, nameSpan, children } = item;
  return {
    name,
    kind: symbolKindOf(item),
    ...(detail === undefined ? {} : { detail }),
    range: rangeOf(bundle, span),
    selectionRange: rangeOf(bundle, nameSpan),
    children: children.map((child) => documentSymbolOf(bundle, child)),
  };
}
