// Writes the measured tables of README.md and docs/BENCHMARKS.md from the newest results:
//
//   npm run bench -- decide && npm run bench -- serving && npm run figures
//   npm run bench && npm run figures -- aims
//   npm run bench -- language && npm run bench -- proofs && npm run figures -- language

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const results = `${root}bench/results/`;
const BEGIN = '<!-- figures: npm run figures -->';
const END = '<!-- end of figures -->';
const AIMS_BEGIN = '<!-- figures: aims -->';
const AIMS_END = '<!-- end of figures: aims -->';
const LANGUAGE_BEGIN = '<!-- figures: language and proofs -->';
const LANGUAGE_END = '<!-- end of figures: language and proofs -->';

/** The newest result of a bench that has one; its name ends in the time of its making. */
function newest(name) {
  const files = readdirSync(results).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.json'));
  const last = files.sort().at(-1);
  if (last === undefined) throw new Error(`bench/results has no result of \`npm run bench -- ${name}\``);
  return JSON.parse(readFileSync(results + last, 'utf8'));
}

/** Three significant digits, thousands apart. */
const number = (value) => Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 2 });
const row = (cells) => `| ${cells.join(' | ')} |`;

/** Rows over sizes; a row that was not measured at a size has a dash there. */
function decideTable({ sizes }) {
  const names = [...new Set(sizes.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const cell = (size, name) => {
    const measured = size.rows.find((candidate) => candidate.name === name);
    if (measured === undefined) return '-';
    return measured.wrong === null ? number(measured.nanosPerDecision) : 'WRONG';
  };
  return [
    row(['nanoseconds a decision', ...sizes.map(({ rules }) => `${rules.toLocaleString('en-US')} rules`)]),
    `|---|${'---:|'.repeat(sizes.length)}`,
    ...names.map((name) => row([name, ...sizes.map((size) => cell(size, name))])),
  ];
}

function servingTable({ rules, faces }) {
  return [
    row([`payloads a second, ${rules.toLocaleString('en-US')} rules`, 'Verdict', 'bare echo', 'of the echo']),
    '|---|---:|---:|---:|',
    ...faces.map(({ name, verdict, echo, share }) => row([name, number(verdict.rate), number(echo.rate), share.toFixed(2)])),
  ];
}

/** Nanoseconds with the time over gcc's in brackets, all digits. */
function decideTableInFull({ sizes }) {
  const names = [...new Set(sizes.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const cell = (size, name) => {
    const measured = size.rows.find((candidate) => candidate.name === name);
    if (measured === undefined) return '-';
    if (measured.wrong !== null) return 'WRONG';
    const { nanosPerDecision, overGcc } = measured;
    return overGcc == null ? number(nanosPerDecision) : `${number(nanosPerDecision)} (${number(overGcc)})`;
  };
  return [
    row(['', ...sizes.map(({ rules }) => `${rules.toLocaleString('en-US')} rules`)]),
    `| --- |${' ---: |'.repeat(sizes.length)}`,
    ...names.map((name) => row([name, ...sizes.map((size) => cell(size, name))])),
  ];
}

function servingTableInFull({ faces }) {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const cells = ({ rate, cpuMicros, clientLoad, replyBytes }) => [
    Math.round(rate).toLocaleString('en-US'),
    number(cpuMicros),
    `${Math.round(100 * clientLoad)} %`,
    Math.round(replyBytes).toLocaleString('en-US'),
  ];
  return [
    row(['', 'payloads/s', 'us of processor a payload', 'client busy', 'bytes a reply', 'of the echo', 'by processor time']),
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...faces.flatMap(({ name, verdict, echo, share, cpuShare }) => [
      row([name, ...cells(verdict), percent(share), percent(cpuShare)]),
      row(['echo', ...cells(echo), '', '']),
    ]),
  ];
}

function languageTable({ rows }) {
  const cells = ({ name, nanosPerDecision, nanosV8, overV8, wrong }) =>
    wrong === null ? [name, number(nanosPerDecision), number(nanosV8), number(overV8)] : [name, 'WRONG', '', ''];
  return [
    row(['nanoseconds a decision', 'Verdict', 'V8', "of V8's"]),
    '| --- | ---: | ---: | ---: |',
    ...rows.map((measured) => row(cells(measured))),
  ];
}

function proofsTable({ rows }) {
  const cells = ({ name, compileMs, proofMs, steps, found, wrong }) => [
    name,
    compileMs === null ? '-' : number(compileMs),
    number(proofMs),
    steps === null ? '-' : steps.toLocaleString('en-US'),
    wrong === null
      ? Object.entries(found)
          .map(([code, count]) => `${count} ${code}`)
          .join(', ')
      : 'WRONG',
  ];
  return [
    row(['milliseconds', 'compile', 'proof', 'steps', 'found']),
    '| --- | ---: | ---: | ---: | --- |',
    ...rows.map((measured) => row(cells(measured))),
  ];
}

function aimsTable({ aims }) {
  const asked = { most: 'at most', least: 'at least' };
  return [
    row(['', 'measured', 'asked', 'met']),
    '| --- | ---: | ---: | --- |',
    ...aims.map(({ section, measure, unit, bound, direction, measured, met }) =>
      row([
        `${section}: ${measure}`,
        measured === null ? '-' : `${number(measured)} ${unit}`,
        direction === null ? '' : `${asked[direction]} ${number(bound)}`,
        met === null ? '' : met ? 'yes' : 'no',
      ]),
    ),
  ];
}

/** When and where: of one result. */
function headOf({ at, machine: { cpu, processors, node, gcc } }) {
  const compiler = gcc === null ? '' : `, ${gcc.replace(/^gcc \(.*\) /, 'gcc ')}`;
  return `Measured on ${at.slice(0, 10)}: ${cpu}, ${processors} processors, Node ${node.slice(1)}${compiler}.`;
}

/** Puts lines between the markers of a page. */
function fill(path, lines, begin = BEGIN, end = END) {
  const page = readFileSync(root + path, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for figures`);
  writeFileSync(root + path, [page.slice(0, from) + begin, ...lines, page.slice(to)].join('\n'));
}

function fillDecideAndServing() {
  const decide = newest('decide');
  const serving = newest('serving');
  const measured = headOf(decide);
  fill('README.md', [measured, '', ...decideTable(decide), '', ...servingTable(serving)]);
  fill('docs/BENCHMARKS.md', [
    measured,
    "Nanoseconds a decision, and in brackets the time over gcc's:",
    '',
    ...decideTableInFull(decide),
    '',
    `Serving ${serving.rules.toLocaleString('en-US')} rules:`,
    '',
    ...servingTableInFull(serving),
  ]);
}

function fillLanguageAndProofs() {
  const language = newest('language');
  const lines = [headOf(language), '', ...languageTable(language), '', ...proofsTable(newest('proofs'))];
  fill('docs/BENCHMARKS.md', lines, LANGUAGE_BEGIN, LANGUAGE_END);
}

function fillAims() {
  const aims = newest('aims');
  fill('docs/BENCHMARKS.md', [headOf(aims), '', ...aimsTable(aims)], AIMS_BEGIN, AIMS_END);
}

const what = process.argv[2] ?? 'decide';
if (what === 'decide') fillDecideAndServing();
else if (what === 'language') fillLanguageAndProofs();
else if (what === 'aims') fillAims();
else throw new Error(`there are figures of decide, aims and language, not of ${what}`);
