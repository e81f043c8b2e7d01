// The page of a code as Markdown (docs/diagnostics) and as an author reads it in a terminal.

import { DIAGNOSTIC_CODES, type DiagnosticCode } from './codes.js';
import { EXAMPLE_HEAD, EXAMPLE_MODEL } from './pages/base.js';
import type { Example } from './pages/page.js';
import { pageOf } from './pages.js';

/** Ranges of the index, each from a code on. */
const RANGES: readonly [from: DiagnosticCode, title: string][] = [
  ['V1001', 'Documents of a bundle'],
  ['V2001', 'The model'],
  ['V3001', 'Syntax of expressions'],
  ['V3101', 'What an expression may not hold'],
  ['V3201', 'Names'],
  ['V3301', 'Types'],
  ['V3401', 'What is always so'],
  ['V3500', 'Functions and methods'],
  ['V3600', 'Names that a bundle gives'],
  ['V4001', 'Rules and decisions'],
  ['V4100', 'Tables and scorecards'],
  ['V4200', 'What is proven'],
  ['V4300', 'Lists'],
  ['V5001', 'Limits and cost'],
  ['V7001', 'Importing'],
  ['V7501', 'Exporting'],
];

/** What a page shows, for programs. */
export interface PageJson {
  code: DiagnosticCode;
  title: string;
  why: string;
  /** `verdict check --fix` mends it where there is one mending. */
  fix: boolean;
  /** Files by path; one text without a path is a condition. */
  wrong?: ShownPart[];
  right?: ShownPart[];
}

export interface ShownPart {
  /** Absent for a condition, and for a description. */
  file?: string;
  text: string;
  /** The text says what is there, which is too large to show. */
  described?: true;
}

/** True for a code of the table. */
export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(DIAGNOSTIC_CODES, text);
}

/** The page of a code as data. */
export function pageJson(code: DiagnosticCode): PageJson {
  const page = pageOf(code);
  const title = DIAGNOSTIC_CODES[code];
  if (page === undefined) return { code, title, why: '', fix: false };
  const { why, wrong, right, fix } = page;
  return {
    code,
    title,
    why,
    fix: fix === true,
    ...(wrong === undefined ? {} : { wrong: partsOf(wrong) }),
    ...(right === undefined ? {} : { right: partsOf(right) }),
  };
}

function partsOf({ files, when, shown, options }: Example): ShownPart[] {
  if (shown !== undefined) return [{ text: shown, described: true }];
  if (when !== undefined && options?.costMax !== undefined)
    return [{ text: `${when} // verdict check --cost-max ${options.costMax}` }];
  const profile = options?.profileMax === 'strict' && when !== undefined ? ' // profile: strict' : '';
  if (when !== undefined) return [{ text: when === '' ? '// nothing' : when + profile }];
  const parts = Object.entries(files).map(([file, text]) => ({ file, text: text ?? '(there is no such file)\n' }));
  return parts;
}

/** docs/diagnostics/CODE.md. */
export function pageMarkdown(code: DiagnosticCode): string {
  const { title, why, fix, wrong, right } = pageJson(code);
  const lines = [`# ${code}: ${title}`, '', why, ''];
  if (fix) lines.push('`verdict check --fix` mends it where there is one mending only.', '');
  for (const [name, parts] of [
    ['Wrong', wrong],
    ['Right', right],
  ] as const) {
    if (parts === undefined) continue;
    lines.push(`## ${name}`, '', ...parts.flatMap(markdownPart));
  }
  if (wrong !== undefined) lines.push('The examples are parts of [this bundle](README.md#the-bundle-of-the-examples).', '');
  lines.push('[All codes](README.md)', '');
  return lines.join('\n');
}

function markdownPart({ file, text, described }: ShownPart): string[] {
  if (described === true) return [`(${text})`, ''];
  if (file === undefined) return fenced('ts', text);
  return [`\`${file}\``, '', ...fenced(file.slice(file.lastIndexOf('.') + 1), text)];
}

function fenced(language: string, text: string): string[] {
  return [`\`\`\`${language}`, text.replace(/\n$/, ''), '```', ''];
}

/** docs/diagnostics/README.md. */
export function indexMarkdown(): string {
  const codes = (Object.keys(DIAGNOSTIC_CODES) as DiagnosticCode[]).sort();
  const lines = [
    '# Diagnostics',
    '',
    'What `verdict check` may find in a bundle. Codes are stable: never renamed, never given to something else. `verdict check',
    '--explain V3201` prints a page in the terminal. A dot marks codes that `verdict check --fix` may mend.',
    '',
  ];
  for (const [index, [from, title]] of RANGES.entries()) {
    const next = RANGES[index + 1]?.[0];
    const own = codes.filter((code) => code >= from && (next === undefined || code < next));
    lines.push(`## ${title}`, '', '| code | | |', '| --- | --- | --- |');
    for (const code of own) {
      const meaning = DIAGNOSTIC_CODES[code].replaceAll('|', '\\|');
      lines.push(`| [${code}](${code}.md) | ${meaning} | ${pageOf(code)?.fix === true ? '•' : ''} |`);
    }
    lines.push('');
  }
  lines.push(
    '## The bundle of the examples',
    '',
    'Where a page shows a condition, it stands in the only rule of this bundle; a file that a page shows stands in the bundle too.',
    '',
    '`bundle.yaml`',
    '',
    ...fenced('yaml', EXAMPLE_HEAD),
    '`payment.schema.yaml`',
    '',
    ...fenced('yaml', EXAMPLE_MODEL),
  );
  return lines.join('\n');
}

/** The page as text for a terminal. @param paint colours a part of it */
export function pageText(code: DiagnosticCode, paint: (text: string, style: 'bold' | 'red' | 'green') => string): string {
  const { title, why, fix, wrong, right } = pageJson(code);
  const lines = [paint(`${code}: ${title}`, 'bold'), '', ...wrapped(why)];
  if (fix) lines.push('', '`verdict check --fix` mends it where there is one mending only.');
  for (const [name, parts, style] of [
    ['wrong', wrong, 'red'],
    ['right', right, 'green'],
  ] as const) {
    if (parts === undefined) continue;
    lines.push('', paint(name, style));
    for (const { file, text, described } of parts) {
      if (file !== undefined) lines.push(`  ${file}`);
      const indent = file === undefined ? '  ' : '    ';
      const whole = described === true ? `(${text})` : text.trimEnd();
      lines.push(...whole.split('\n').map((line) => indent + line));
    }
  }
  return lines.join('\n');
}

const TEXT_COLUMNS = 100;

/** A paragraph in lines. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > TEXT_COLUMNS) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
