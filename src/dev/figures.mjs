// Writes the measured tables of README.md from the newest results of both benches:
//
//   npm run bench && npm run bench -- serving && npm run figures

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const results = `${root}bench/results/`;
const BEGIN = '<!-- figures: npm run figures -->';
const END = '<!-- end of figures -->';

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

const decide = newest('decide');
const serving = newest('serving');
const { cpu, processors, node, gcc } = decide.machine;
const compiler = gcc === null ? 'without gcc' : gcc.replace(/^gcc \(.*\) /, 'gcc ');
const lines = [
  BEGIN,
  `Measured on ${decide.at.slice(0, 10)}: ${cpu}, ${processors} processors, Node ${node.slice(1)}, ${compiler}.`,
  '',
  ...decideTable(decide),
  '',
  ...servingTable(serving),
  END,
];
const readme = readFileSync(`${root}README.md`, 'utf8');
const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
if (begin < 0 || end < begin) throw new Error('README.md has no place for figures');
writeFileSync(`${root}README.md`, readme.slice(0, begin) + lines.join('\n') + readme.slice(end + END.length));
