// What the bench of the language decides: for each kind of work a bundle, payloads, and the same work as JavaScript on objects, as
// somebody would write it who knows how. The score of a decision is the JavaScript's result.

import type { BundleFiles } from '../src/bundle/files.js';
import { randomNumbers } from './workload.js';

export interface LanguageCase {
  readonly name: string;
  readonly files: BundleFiles;
  /** Payload by number; equal numbers give equal payloads. */
  readonly payload: (index: number) => object;
  /** What the JavaScript reads, made of the payload before anything is timed; left out: the payload. */
  readonly prepare?: (payload: object) => unknown;
  readonly run: (prepared: never) => number;
}

type Random = () => number;

const DIGITS_OF_SEED = 7919;
const COUNTRIES = ['US', 'GB', 'DE', 'FR', 'NL', 'ES', 'IT', 'PL', 'SE', 'DK'];
const DOMAINS = ['example.com', 'mail.example.org', 'Example.COM', 'shop.example', 'x.test'];
const WORDS = ['payment', 'for', 'invoice', 'gift', 'card', 'refund', 'order', 'rent', 'March', 'prepaid', 'cards', 'thanks'];
const CATEGORIES = ['food', 'travel', 'cash'];

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)]!;
const cents = (random: Random, limit: number): number => Math.round(random() * limit * 100) / 100;

/** Numbers of a payload: a series of its own for each index. */
function series(index: number): Random {
  const random = randomNumbers((index + 1) * DIGITS_OF_SEED);
  random();
  return random;
}

interface Parts {
  readonly name: string;
  readonly properties: Readonly<Record<string, object>>;
  /** Conditions with the score each gives. */
  readonly rules?: readonly (readonly [when: string, score: number])[];
  /** More documents. */
  readonly documents?: Readonly<Record<string, unknown>>;
  readonly fill: (random: Random) => object;
}

/** Each bundle has a name of its own: one engine holds them all. */
let nextNumber = 0;

/** A bundle that adds up scores; every property is required. */
function partsOf({ name, properties, rules = [], documents = {}, fill }: Parts): Omit<LanguageCase, 'run'> {
  const all: Record<string, unknown> = {
    'bundle.json': {
      name: `language-${nextNumber++}`,
      version: '1.0.0',
      model: 'payload.json',
      profile: 'standard',
      onError: 'fail',
      decide: { combine: 'score', outcomes: [{ outcome: 'approve' }] },
    },
    'payload.json': { type: 'object', required: Object.keys(properties), properties },
    ...documents,
  };
  if (rules.length > 0) {
    all['rules/work.json'] = rules.map(([when, score], index) => ({ id: `r${index}`, when, then: { score } }));
  }
  const encoder = new TextEncoder();
  const files = new Map(Object.entries(all).map(([path, value]) => [path, encoder.encode(JSON.stringify(value))]));
  return { name, files, payload: (index) => fill(series(index)) };
}

const NUMBER = { type: 'number', minimum: 0, maximum: 100_000 };
const text = (maxLength: number): object => ({ type: 'string', maxLength });
const members = (values: readonly string[]): object => ({ type: 'string', enum: values });

function oneComparison(): LanguageCase {
  const parts = partsOf({
    name: 'one comparison of a number',
    properties: { amount: NUMBER },
    rules: [['amount > 500', 1]],
    fill: (random) => ({ amount: cents(random, 1000) }),
  });
  return { ...parts, run: ({ amount }: { amount: number }) => (amount > 500 ? 1 : 0) };
}

interface Message {
  email: string;
  note: string;
}

function message(random: Random): Message {
  const user = Array.from({ length: 4 + below(random, 10) }, () => pick(random, [...'abcdefgXYZ.0123'])).join('');
  const note = Array.from({ length: 6 + below(random, 14) }, () => pick(random, WORDS)).join(' ');
  return { email: `${user}@${pick(random, DOMAINS)}`, note };
}

function searches(): LanguageCase {
  const parts = partsOf({
    name: 'startsWith, endsWith, includes, indexOf and slice of texts',
    properties: { email: text(60), note: text(200) },
    rules: [
      ['email.endsWith("example.com")', 1],
      ['note.startsWith("payment")', 2],
      ['note.includes("refund")', 4],
      ['email.slice(0, email.indexOf("@")).length > 8', 8],
      ['note.length > 100', 16],
    ],
    fill: message,
  });
  const run = ({ email, note }: Message): number =>
    (email.endsWith('example.com') ? 1 : 0) +
    (note.startsWith('payment') ? 2 : 0) +
    (note.includes('refund') ? 4 : 0) +
    (email.slice(0, email.indexOf('@')).length > 8 ? 8 : 0) +
    (note.length > 100 ? 16 : 0);
  return { ...parts, run };
}

function caseMapping(): LanguageCase {
  const parts = partsOf({
    name: 'toLowerCase and trim of texts',
    properties: { email: text(60), note: text(200) },
    rules: [
      ['email.toLowerCase().endsWith("@example.com")', 1],
      ['note.trim().toLowerCase().includes("march")', 2],
    ],
    fill: message,
  });
  const run = ({ email, note }: Message): number =>
    (email.toLowerCase().endsWith('@example.com') ? 1 : 0) + (note.trim().toLowerCase().includes('march') ? 2 : 0);
  return { ...parts, run };
}

function pieces(): LanguageCase {
  const parts = partsOf({
    name: 'split of a text into words',
    properties: { note: text(200) },
    rules: [
      ['note.split(" ").length > 12', 1],
      ['note.split(" ").includes("refund")', 2],
    ],
    fill: message,
  });
  const run = ({ note }: Message): number => (note.split(' ').length > 12 ? 1 : 0) + (note.split(' ').includes('refund') ? 2 : 0);
  return { ...parts, run };
}

const EMAIL = '^[a-zA-Z0-9.]+@[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[a-z]{2,}$';
const GIFT = '(gift|prepaid) cards?';

function patterns(): LanguageCase {
  const parts = partsOf({
    name: 'two regular expressions, one anchored, one searched in a text',
    properties: { email: text(60), note: text(200) },
    rules: [
      [`matches(email, ${JSON.stringify(EMAIL)})`, 1],
      [`matches(note, ${JSON.stringify(GIFT)})`, 2],
    ],
    fill: message,
  });
  const [email, gift] = [new RegExp(EMAIL), new RegExp(GIFT)];
  return { ...parts, run: (given: Message) => (email.test(given.email) ? 1 : 0) + (gift.test(given.note) ? 2 : 0) };
}

interface Basket {
  items: { price: number; quantity: number; category: string }[];
}

const CASH_ITEMS = 0.4;

function lists(count: number): LanguageCase {
  const item = {
    type: 'object',
    required: ['price', 'quantity', 'category'],
    properties: { price: NUMBER, quantity: { type: 'integer', minimum: 0, maximum: 100 }, category: members(CATEGORIES) },
  };
  const [total, cash] = [count * 2500, count * CASH_ITEMS];
  const parts = partsOf({
    name: `some, filter and reduce over ${count} objects`,
    properties: { items: { type: 'array', maxItems: count, items: item } },
    rules: [
      ['items.some(item => item.price > 999)', 1],
      [`items.reduce((sum, item) => sum + item.price * item.quantity, 0) > ${total}`, 2],
      [`items.filter(item => item.category === "cash").length > ${cash}`, 4],
    ],
    fill: (random) => ({
      items: Array.from({ length: count }, () => ({
        price: cents(random, 1000),
        quantity: 1 + below(random, 9),
        category: pick(random, CATEGORIES),
      })),
    }),
  });
  const run = ({ items }: Basket): number =>
    (items.some((item) => item.price > 999) ? 1 : 0) +
    (items.reduce((sum, item) => sum + item.price * item.quantity, 0) > total ? 2 : 0) +
    (items.filter((item) => item.category === 'cash').length > cash ? 4 : 0);
  return { ...parts, run };
}

interface Loan {
  amount: bigint;
  fee: bigint;
  months: bigint;
}

/** a / b, ties to even. */
function divideHalfEven(a: bigint, b: bigint): bigint {
  const [quotient, rest] = [a / b, a % b];
  const twice = 2n * (rest < 0n ? -rest : rest);
  const size = b < 0n ? -b : b;
  if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient;
  return a < 0n !== b < 0n ? quotient - 1n : quotient + 1n;
}

function decimals(): LanguageCase {
  const money = { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1_000_000 };
  const parts = partsOf({
    name: 'divide, round and products of decimals',
    properties: { amount: money, fee: money, months: { type: 'integer', format: 'int64', minimum: 1, maximum: 120 } },
    rules: [
      ['divide(amount, months, 2, "half-even") > 100', 1],
      ['amount * 0.029 + 0.30 > fee', 2],
      ['round(amount * 0.029, 2, "half-even") > fee', 4],
    ],
    fill: (random) => ({ amount: cents(random, 10_000), fee: cents(random, 300), months: 1 + below(random, 120) }),
  });
  const prepare = (payload: object): Loan => {
    const { amount, fee, months } = payload as { amount: number; fee: number; months: number };
    return { amount: BigInt(Math.round(amount * 100)), fee: BigInt(Math.round(fee * 100)), months: BigInt(months) };
  };
  const run = ({ amount, fee, months }: Loan): number =>
    (divideHalfEven(amount, months) > 10_000n ? 1 : 0) +
    (amount * 29n + 30_000n > fee * 1000n ? 2 : 0) +
    (divideHalfEven(amount * 29n, 1000n) > fee ? 4 : 0);
  return { ...parts, prepare, run };
}

function zones(): LanguageCase {
  const parts = partsOf({
    name: 'hour and day of the week in two time zones',
    properties: { at: { type: 'string', format: 'date-time' } },
    rules: [
      ['at.hour("Europe/Berlin") < 6', 1],
      ['at.dayOfWeek("America/New_York") > 5', 2],
    ],
    fill: (random) => ({ at: new Date(946_684_800_000 + Math.floor(random() * 1.1e12)).toISOString() }),
  });
  const hour = new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', weekday: 'short' });
  const prepare = (payload: object): number => Date.parse((payload as { at: string }).at);
  const run = (at: number): number => (Number(hour.format(at)) < 6 ? 1 : 0) + (day.format(at).startsWith('S') ? 2 : 0);
  return { ...parts, prepare, run };
}

function nullAndChoice(): LanguageCase {
  const parts = partsOf({
    name: 'choice, values for null, templates, a list of 10 texts',
    properties: { amount: NUMBER, card: { type: 'object', properties: { limit: NUMBER, issuer: text(20) } }, country: text(2) },
    rules: [
      ['amount > (card.limit ?? 300) * 2', 1],
      ['(card.limit === null ? amount : amount / 2) > 400', 2],
      [`${JSON.stringify(COUNTRIES)}.includes(country)`, 4],
      [`\`\${country}-\${card.issuer ?? "none"}\` === "DE-none"`, 8],
    ],
    fill: (random) => ({
      amount: cents(random, 1000),
      card: random() < 0.5 ? {} : { limit: cents(random, 500), issuer: pick(random, ['Acme', 'Bank of Test', 'Z']) },
      country: pick(random, [...COUNTRIES, 'CN', 'BR', 'IN']),
    }),
  });
  const run = (given: { amount: number; card: { limit?: number; issuer?: string }; country: string }): number => {
    const { amount, card, country } = given;
    return (
      (amount > (card.limit ?? 300) * 2 ? 1 : 0) +
      ((card.limit === undefined ? amount : amount / 2) > 400 ? 2 : 0) +
      (COUNTRIES.includes(country) ? 4 : 0) +
      (`${country}-${card.issuer ?? 'none'}` === 'DE-none' ? 8 : 0)
    );
  };
  return { ...parts, run };
}

interface Cells {
  country: string;
  amount: number;
  isNew: boolean;
}

/** 100 rows: ten countries, five ranges of amount, new or not. Under `first` the lower bounds are left to the rows before. */
function table(hitPolicy: 'unique' | 'first'): LanguageCase {
  const bounds = [200, 400, 600, 800];
  const rows: { when: string[]; then: number[] }[] = [];
  const lines: string[] = [];
  for (const country of COUNTRIES) {
    for (let range = 0; range <= bounds.length; range++) {
      const [low, high] = [bounds[range - 1], bounds[range]];
      for (const isNew of [true, false]) {
        const isLow = low === undefined || hitPolicy === 'first';
        const cell = high === undefined ? (isLow ? '-' : `>= ${low}`) : isLow ? `< ${high}` : `[${low}..${high})`;
        const score = rows.length + 1;
        rows.push({ when: [country, cell, String(isNew)], then: [score] });
        const tests = [`country === "${country}"`, `${isNew ? '' : '!'}isNew`];
        if (!isLow) tests.push(`amount >= ${low}`);
        if (high !== undefined) tests.push(`amount < ${high}`);
        lines.push(`if (${tests.join(' && ')}) return ${score};`);
      }
    }
  }
  const document = { hitPolicy, inputs: ['country', 'amount', 'isNew'], outputs: ['score'], rows };
  const parts = partsOf({
    name: `a decision table of 100 rows, ${hitPolicy}`,
    properties: { country: members(COUNTRIES), amount: NUMBER, isNew: { type: 'boolean' } },
    documents: { 'tables/price.json': document },
    fill: (random) => ({ country: pick(random, COUNTRIES), amount: cents(random, 1000), isNew: random() < 0.5 }),
  });
  const run = new Function('{ country, amount, isNew }', `${lines.join('\n')}\nreturn 0;`) as (given: Cells) => number;
  return { ...parts, run };
}

const CHARACTERISTICS = 10;

function scorecard(): LanguageCase {
  const bounds = [100, 300, 500, 800];
  const names = Array.from({ length: CHARACTERISTICS }, (_, index) => `x${index}`);
  const points = (index: number, range: number): number => ((index * 7 + range * 11) % 40) + 1;
  const characteristics = names.map((name, index) => ({
    name,
    input: name,
    attributes: [...bounds, undefined].map((high, range) => ({
      ...(high === undefined ? {} : { when: `< ${high}` }),
      points: points(index, range),
    })),
  }));
  const parts = partsOf({
    name: `a scorecard of ${CHARACTERISTICS} characteristics, 5 attributes each`,
    properties: Object.fromEntries(names.map((name) => [name, NUMBER])),
    documents: { 'scorecards/credit.json': { initialScore: 100, contributes: true, characteristics } },
    fill: (random) => Object.fromEntries(names.map((name) => [name, cents(random, 1000)])),
  });
  const lines = names.map((name, index) => {
    const chain = bounds.map((high, range) => `o.${name} < ${high} ? ${points(index, range)} : `).join('');
    return `s += ${chain}${points(index, bounds.length)};`;
  });
  const run = new Function('o', `let s = 100;\n${lines.join('\n')}\nreturn s;`) as (given: object) => number;
  return { ...parts, run };
}

/** All kinds of work. */
export function languageCases(): LanguageCase[] {
  return [
    oneComparison(),
    nullAndChoice(),
    searches(),
    caseMapping(),
    pieces(),
    patterns(),
    lists(10),
    lists(100),
    decimals(),
    zones(),
    table('first'),
    table('unique'),
    scorecard(),
  ];
}
