// From a keystroke to diagnostics: the language server in a process of its own, spoken to over its standard streams as an editor
// does. Each keystroke breaks a rule in the middle of the bundle or mends it, so that the answer can be told from the one before.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { bundleOf } from './many-rules.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';

const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

export interface EditorBenchOptions {
  rules: number;
  /** Keystrokes that are timed. */
  edits: number;
  format: TableFormat;
  log: (line: string) => void;
}

export interface EditorBenchRow {
  name: string;
  files: number;
  /** From opening the document to its first diagnostics: the server has just started. */
  openMs: number;
  /** From sending a change to the diagnostics that follow from it, the median and the worst. */
  editMs: number;
  editMsMax: number;
  /** Processor time of the server for each of them, all of its threads; null where the system does not say. */
  editCpuMs: number | null;
  /** Completion in the middle of a condition, and all places of a field. */
  completionMs: number;
  referencesMs: number;
  /** What was told of the broken rule and should not have been, or the other way around. */
  wrong: string | null;
}

export interface EditorBench {
  machine: Machine;
  rules: number;
  rows: EditorBenchRow[];
}

/** Measures a bundle of one file, and one of a hundred. */
export async function benchEditor({ rules, edits, format, log }: EditorBenchOptions): Promise<EditorBench> {
  const rows: EditorBenchRow[] = [];
  for (const files of [1, 100]) rows.push(await measure(rules, files, edits));
  const head = [
    'bundle',
    'opened, ms',
    'keystroke, ms',
    'worst, ms',
    'of it processor, ms',
    'completion, ms',
    'references, ms',
    'result',
  ];
  const shown = rows.map((row) => [
    row.name,
    ...[row.openMs, row.editMs, row.editMsMax, row.editCpuMs, row.completionMs, row.referencesMs].map((value) =>
      value === null ? '-' : formatNumber(Math.round(value)),
    ),
    row.wrong ?? 'right',
  ]);
  for (const line of format(head, shown, ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'])) log(line);
  return { machine: describeMachine(undefined), rules, rows };
}

async function measure(rules: number, files: number, edits: number): Promise<EditorBenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'verdict-editor-'));
  const texts = bundleOf(rules, files);
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const server = spawn(process.execPath, [MAIN, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const name = `${formatNumber(rules)} rules, ${files === 1 ? 'one file' : `${files} files`}`;
    return { name, files, ...(await type(server, folder, texts, edits)) };
  } finally {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function type(
  server: ChildProcess,
  folder: string,
  texts: ReadonlyMap<string, string>,
  edits: number,
): Promise<Omit<EditorBenchRow, 'name' | 'files'>> {
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout!), new StreamMessageWriter(server.stdin!));
  const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;
  const paths = [...texts.keys()].filter((path) => path.startsWith('rules/'));
  const path = paths[Math.floor(paths.length / 2)]!;
  const text = texts.get(path)!;
  const uri = uriOf(path);
  const told = diagnosticsOf(connection, uri);
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {}, workspaceFolders: null });
  await connection.sendNotification('initialized', {});

  // A letter more in a name of a rule in the middle.
  const at = text.indexOf('(vip ||', text.length / 2) + 1;
  const lines = text.slice(0, at).split('\n');
  const start = { line: lines.length - 1, character: lines.at(-1)!.length };
  let version = 1;
  const began = performance.now();
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
  // Of a bundle without faults nothing has to be told: the first fault says that it was read.
  const change = (old: number, written: string): Promise<void> =>
    connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start, end: { ...start, character: start.character + old } }, text: written }],
    });
  await change(0, 'q');
  await told((count) => count > 0);
  const openMs = performance.now() - began;
  const cpuBefore = cpuMillisOf(server.pid!);
  const times: number[] = [];
  let wrong: string | null = null;
  // An odd number of them: what is asked afterwards is asked of a bundle without faults.
  for (let edit = 0; edit < edits + ((edits + 1) % 2); edit++) {
    const isMended = edit % 2 === 0;
    const sent = performance.now();
    await change(isMended ? 1 : 0, isMended ? '' : 'q');
    const count = await told((errors) => (errors === 0) === isMended);
    times.push(performance.now() - sent);
    if (!isMended && count !== 1) wrong = `${count} errors of one broken name`;
  }
  const cpuAfter = cpuMillisOf(server.pid!);
  const editCpuMs = cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / times.length;
  const timed = async (method: string, params: object): Promise<number> => {
    const asked = performance.now();
    await connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: start, ...params });
    return performance.now() - asked;
  };
  const completionMs = await timed('completion', {});
  const referencesMs = await timed('references', { context: { includeDeclaration: true } });
  connection.dispose();
  return { openMs, editMs: median(times), editMsMax: Math.max(...times), editCpuMs, completionMs, referencesMs, wrong };
}

/** Ticks of a second in /proc, whatever the clock of the kernel. */
const TICKS = 100;

/** Processor time of another process, by 10 ms. */
function cpuMillisOf(pid: number): number | null {
  try {
    // Behind the name, which may hold blanks and parentheses, stand the state and further numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  } catch {
    return null;
  }
}

/** Waits for a number of diagnostics of a file that is asked for. */
function diagnosticsOf(connection: ProtocolConnection, uri: string): (test: (count: number) => boolean) => Promise<number> {
  let waiting: { test: (count: number) => boolean; resolve: (count: number) => void } | undefined;
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    if (params.uri !== uri || waiting?.test(params.diagnostics.length) !== true) return;
    waiting.resolve(params.diagnostics.length);
    waiting = undefined;
  });
  return (test) =>
    new Promise((resolve) => {
      waiting = { test, resolve };
    });
}
