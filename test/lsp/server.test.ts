// The language server as an editor meets it: every feature over standard input and output. What the answers hold is tested by cases
// in test/editor; here, that each reaches the client in the protocol's form.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentHighlight,
  DocumentSymbol,
  Hover,
  Location,
  Range,
  SemanticTokens,
  SignatureHelp,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { FILES } from '../editor/world.js';
import { EditorClient } from './client.js';

const RULES = FILES['rules/main.yaml']!;
const prefixed = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`${folder}/${path}`, text]));

/** What takes longer is not going to happen. */
vi.setConfig({ testTimeout: 20_000 });

let client: EditorClient;

beforeAll(async () => {
  client = await EditorClient.start({ ...prefixed('one'), ...prefixed('other/two'), 'notes.yaml': 'a: 1\n' });
  await client.open('one/rules/main.yaml', RULES);
});
afterAll(async () => {
  expect(await client.stop()).toBe(0);
});

const main = 'one/rules/main.yaml';

describe('diagnostics', () => {
  it('are those of the whole bundle, over what is not saved', async () => {
    await client.replace(main, 'amount > 5000', 'amuont > 5000');
    const [found] = await client.diagnosticsWhere(main, (list) => list.some(({ code }) => code === 'V3201'));
    expect(found).toMatchObject({
      severity: 1,
      source: 'verdict',
      code: 'V3201',
      range: { start: { line: 2, character: 8 }, end: { line: 2, character: 14 } },
    });
    expect(found!.codeDescription!.href).toMatch(/^file:.*docs\/diagnostics\/V3201\.md$/);
    await client.replace(main, 'amuont', 'amount');
    await client.diagnosticsWhere(main, (list) => list.length === 0);
  });

  it('of another file follow a change in this one', async () => {
    await client.open('one/model.yaml', FILES['model.yaml']!);
    await client.replace('one/model.yaml', 'enum: [US, GB, DE]', 'enum: [GB, DE]');
    await client.diagnosticsWhere(main, (list) => list.some(({ code }) => code === 'V3309'));
    await client.replace('one/model.yaml', 'enum: [GB, DE]', 'enum: [US, GB, DE]');
    await client.diagnosticsWhere(main, (list) => list.length === 0);
  });

  it('of each bundle are its own', async () => {
    await client.open('other/two/rules/main.yaml', RULES);
    await client.replace('other/two/rules/main.yaml', 'fee > 10', 'fee > "x"');
    await client.diagnosticsWhere('other/two/rules/main.yaml', (list) => list.some(({ code }) => code === 'V3302'));
    await client.replace('other/two/rules/main.yaml', 'fee > "x"', 'fee > 10');
    await client.diagnosticsWhere('other/two/rules/main.yaml', (list) => list.length === 0);
    expect(await client.diagnosticsWhere(main, () => true)).toEqual([]);
  });

  it('follow files that change on disk', async () => {
    const file = join(client.folder, 'one/features/more.yaml');
    const change = (type: number): Promise<void> =>
      client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: client.uri('one/features/more.yaml'), type }],
      });
    writeFileSync(file, '- name: more\n  value: nothing\n');
    await change(1);
    await client.diagnosticsWhere('one/features/more.yaml', (list) => list.some(({ code }) => code === 'V3201'));
    rmSync(file);
    await change(3);
    await client.diagnosticsWhere('one/features/more.yaml', (list) => list.length === 0);
  });
});

describe('clumsy clients', () => {
  const clumsy = 'other/two/rules/clumsy.yaml';
  const written = '- id: clumsy\n  when: amuont > 5000\n  then: { score: 1, reason: CLUMSY }\n';
  const forms: readonly (readonly [form: string, text: string])[] = [
    ['with a byte order mark', `\ufeff${written}`],
    ['with lines that end in CR LF', written.replaceAll('\n', '\r\n')],
  ];
  it.each(forms)('send texts %s', async (_, text) => {
    await client.open(clumsy, text);
    const [found] = await client.diagnosticsWhere(clumsy, (list) => list.some(({ code }) => code === 'V3201'));
    expect(found!.range).toEqual({ start: { line: 1, character: 8 }, end: { line: 1, character: 14 } });
    const textDocument = { uri: client.uri(clumsy) };
    expect(await client.ask('hover', { textDocument, position: { line: 0, character: 9 } })).toMatchObject({
      range: { start: { line: 0, character: 6 }, end: { line: 0, character: 12 } },
    });
    await client.connection.sendNotification('textDocument/didClose', { textDocument });
    await client.diagnosticsWhere(clumsy, (list) => list.length === 0);
  });

  const places: readonly (readonly [where: string, line: number, character: number])[] = [
    ['behind the end', 1e9, 1e9],
    ['before the beginning', -1, -5],
    ['between lines', 1.5, 2.5],
  ];
  it.each(places)('ask for what stands %s', async (_, line, character) => {
    const place = { textDocument: { uri: client.uri(main) }, position: { line, character } };
    const answers = ['hover', 'completion', 'definition', 'references', 'prepareRename', 'signatureHelp'].map((method) =>
      client.ask(method, { ...place, context: { includeDeclaration: true } }),
    );
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  it('ask for documents that are none, methods that are none, and change what they have not opened', async () => {
    for (const uri of [client.uri('one/rules/none.yaml'), 'untitled:Untitled-1', 'file://%zz', 'file:///'])
      expect(await client.ask('hover', { textDocument: { uri }, position: { line: 0, character: 0 } })).toBe(null);
    await expect(client.connection.sendRequest('verdict/nothing', {})).rejects.toMatchObject({ code: -32601 });
    const textDocument = { uri: client.uri('one/rules/never.yaml'), version: 2 };
    await client.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges: [{ text: 'x' }] });
    await client.connection.sendNotification('textDocument/didClose', { textDocument });
    expect(await client.ask('hover', client.at(main, 'am|ount > 5000'))).toMatchObject({ range: { start: { line: 2 } } });
  });
});

const applied = (text: string, edits: readonly TextEdit[]): string => {
  const lines = text.split('\n');
  const offset = ({ line, character }: Range['start']): number =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((result, { range, newText }) => result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)), text);
};

describe('answers', () => {
  it('completion', async () => {
    await client.replace(main, 'fee > 10', 'lists. > 10');
    const items = await client.ask<CompletionItem[]>('completion', client.at(main, 'lists.| > 10'));
    expect(items.find(({ label }) => label === 'blocked')).toMatchObject({
      detail: 'list of string',
      textEdit: { newText: 'blocked' },
    });
    await client.replace(main, 'lists. > 10', 'fee > 10');
    const calls = await client.ask<CompletionItem[]>('completion', client.at(main, 'items.s|ome'));
    expect(calls.find(({ label }) => label === 'some')).toMatchObject({ insertTextFormat: 2, textEdit: { newText: 'some($0)' } });
  });

  it('hover', async () => {
    const hover = await client.ask<Hover>('hover', client.at(main, 'am|ount > 5000'));
    expect(hover.contents).toMatchObject({ kind: 'markdown', value: expect.stringContaining('decimal(2)') });
    expect(hover.range).toEqual({ start: { line: 2, character: 8 }, end: { line: 2, character: 14 } });
  });

  it('signature help', async () => {
    const help = await client.ask<SignatureHelp>('signatureHelp', client.at(main, 'items.some(|item'));
    expect(help).toMatchObject({ activeParameter: 0, signatures: [{ label: 'list.some(test: element => boolean): boolean' }] });
  });

  it('definition, references, highlights', async () => {
    const place = client.at(main, 'fe|e > 10');
    const [definition] = await client.ask<Location[]>('definition', place);
    expect(definition).toMatchObject({ uri: client.uri('one/features/fee.yaml'), range: { start: { line: 0, character: 8 } } });
    const references = await client.ask<Location[]>('references', { ...place, context: { includeDeclaration: false } });
    expect(references.map(({ uri }) => uri)).toEqual([client.uri(main), client.uri('one/tables/limit.yaml')]);
    const highlights = await client.ask<DocumentHighlight[]>('documentHighlight', client.at(main, 'it|em.price'));
    expect(highlights.map(({ kind }) => kind)).toEqual([3, 2]);
  });

  it('symbols of a document and of the workspace', async () => {
    const symbols = await client.ask<DocumentSymbol[]>('documentSymbol', { textDocument: { uri: client.uri(main) } });
    expect(symbols.map(({ name, detail }) => [name, detail])).toContainEqual(['large', 'amount > 5000 && country !== "US"']);
    const found = await client.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query: 'large' });
    expect(found.map(({ name, location }) => [name, location.uri])).toEqual([
      ['large', client.uri(main)],
      ['large', client.uri('other/two/rules/main.yaml')],
    ]);
  });

  it('semantic tokens, of a file and of a part', async () => {
    const textDocument = { uri: client.uri(main) };
    const full = await client.ask<SemanticTokens>('semanticTokens/full', { textDocument });
    const legend = client.server.capabilities.semanticTokensProvider!.legend.tokenTypes;
    expect([full.data.slice(0, 4), legend[full.data[3]!]]).toEqual([[2, 8, 6, 0], 'property']);
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
    const part = await client.ask<SemanticTokens>('semanticTokens/range', { textDocument, range });
    expect(part.data).toEqual(full.data.slice(0, part.data.length));
    expect(part.data.length).toBeLessThan(full.data.length);
  });

  it('code lenses with costs', async () => {
    const lenses = await client.ask<CodeLens[]>('codeLens', { textDocument: { uri: client.uri(main) } });
    expect(lenses.map(({ command }) => command!.title)).toEqual(
      Array.from({ length: 4 }, () => expect.stringMatching(/^at most [\d,]+ units$/)),
    );
  });

  it('quick fixes', async () => {
    await client.replace(main, 'amount > 5000', 'Amount > 5000');
    const [diagnostic] = await client.diagnosticsWhere(main, (list) => list.length > 0);
    const context = { diagnostics: [diagnostic!] };
    const actions = await client.ask<CodeAction[]>('codeAction', {
      textDocument: { uri: client.uri(main) },
      range: diagnostic!.range,
      context,
    });
    expect(actions.map(({ title, kind }) => [title, kind])).toEqual([
      ['Write `amount` for `Amount`', 'quickfix'],
      ['Mend all that has one mending (1)', 'source.fixAll'],
    ]);
    for (const { edit } of actions) expect(applied(client.text(main), edit!.changes![client.uri(main)]!)).toBe(RULES);
    await client.replace(main, 'Amount', 'amount');
  });

  it('renaming, and why not', async () => {
    const place = client.at(main, 'am|ount > 5000');
    expect(await client.ask('prepareRename', place)).toMatchObject({ placeholder: 'amount' });
    const edit = await client.ask<WorkspaceEdit>('rename', { ...place, newName: 'total' });
    const files = edit.documentChanges!.map((change) => ('textDocument' in change ? change.textDocument.uri : change.kind)).sort();
    expect(files).toEqual(
      ['features/fee.yaml', 'model.yaml', 'rules/main.yaml', 'tables/limit.yaml', 'tables/signal.csv', 'tests/main.yaml'].map(
        (path) => client.uri(`one/${path}`),
      ),
    );
    await expect(client.ask('rename', { ...place, newName: 'country' })).rejects.toThrow(/has the field `country` already/);
    const table = await client.ask<WorkspaceEdit>('rename', { ...client.at(main, 'lim|it.rate'), newName: 'ceiling' });
    expect(table.documentChanges!.at(-1)).toEqual({
      kind: 'rename',
      oldUri: client.uri('one/tables/limit.yaml'),
      newUri: client.uri('one/tables/ceiling.yaml'),
    });
  });

  it('formatting', async () => {
    await client.replace(main, 'amount > 5000 && country', 'amount>5000&&country');
    const edits = await client.ask<TextEdit[]>('formatting', {
      textDocument: { uri: client.uri(main) },
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(applied(client.text(main), edits)).toBe(RULES);
    await client.replace(main, 'amount>5000&&country', 'amount > 5000 && country');
    expect(
      await client.ask('formatting', { textDocument: { uri: client.uri(main) }, options: { tabSize: 2, insertSpaces: true } }),
    ).toEqual([]);
  });

  it('nothing about a file of no bundle', async () => {
    await client.open('notes.yaml', 'a: 1\n');
    expect(await client.ask('hover', client.at('notes.yaml', 'a'))).toBeNull();
    expect(await client.ask('documentSymbol', { textDocument: { uri: client.uri('notes.yaml') } })).toBeNull();
  });
});

describe('a document that is being written', () => {
  it('is answered for at every length of its text', async () => {
    const textDocument = { uri: client.uri(main) };
    await client.replace(main, RULES, '');
    for (let length = 0; length <= RULES.length; length += 7) {
      await client.replace(main, client.text(main), RULES.slice(0, length));
      const lines = client.text(main).split('\n');
      const position = { line: lines.length - 1, character: lines.at(-1)!.length };
      await client.ask('completion', { textDocument, position });
      await client.ask('hover', { textDocument, position });
      await client.ask('documentSymbol', { textDocument });
      await client.ask('semanticTokens/full', { textDocument });
    }
    await client.replace(main, client.text(main), RULES);
    await client.diagnosticsWhere(main, (list) => list.length === 0);
  });

  it('counts as it is on disk once it is closed', async () => {
    await client.replace(main, 'amount > 5000', 'amount > nothing');
    await client.diagnosticsWhere(main, (list) => list.length > 0);
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: client.uri(main) } });
    await client.diagnosticsWhere(main, (list) => list.length === 0);
  });
});
