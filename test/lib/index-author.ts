// Writes random bundles that a match index has much to do with: many rules and rows over few fields of all kinds, their constants
// close together, their payloads on and beside them.

import type { Random } from './expression-model.js';

const SCHEMA = {
  type: 'object',
  required: ['n', 'i', 'cents', 'id', 'country', 'at', 'day', 'flag', 's', 'long', 'tags'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    preset: { type: 'number', default: 2 },
    i: { type: 'integer', minimum: -40, maximum: 40 },
    cents: { type: 'number', multipleOf: 0.01, minimum: -1000, maximum: 1000 },
    maybeCents: { type: 'number', multipleOf: 0.01, minimum: -1000, maximum: 1000 },
    id: { type: 'integer', format: 'int64' },
    country: { type: 'string', enum: ['US', 'GB', 'DE', 'FR', 'NG'] },
    maybeCountry: { type: 'string', enum: ['US', 'GB', 'DE', 'FR', 'NG'] },
    at: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    maybeDay: { type: 'string', format: 'date' },
    flag: { type: 'boolean' },
    maybeFlag: { type: 'boolean' },
    s: { type: 'string', maxLength: 12 },
    note: { type: 'string', maxLength: 40 },
    long: { type: 'string', maxLength: 40 },
    tags: { type: 'array', maxItems: 6, items: { type: 'string', maxLength: 6 } },
    card: {
      type: 'object',
      required: ['brand'],
      properties: { brand: { type: 'string', maxLength: 9 }, limit: { type: 'number' } },
    },
  },
};

const MEMBERS = ['US', 'GB', 'DE', 'FR', 'NG'];
const SHORT = ['', 'a', 'ab', 'abc', 'b', 'Z', 'é', '😀', '\uffff', 'abcdefg'];
const TEXTS = [
  ...SHORT,
  'abcdefgh',
  'abcdefghi',
  'abcdefgi',
  'ab😀',
  'ab\uffffx',
  'a long text of words',
  'a long text of wordt',
  'zzzzzzzzzzzzz',
];
const RELATIONS = ['<', '<=', '>', '>=', '===', '!=='];
const NUMBERS = ['0', '-0', '1', '1.5', '2', '3', '-1', '1e308', '5e-324', '0.1', '0.30000000000000004', '7'];
const DAYS = ['2026-01-01', '2026-01-02', '1999-12-31', '2000-02-29'];
const TIMES = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000001Z', '1969-12-31T23:59:59Z'];
const IDS = ['9007199254740993', '-9223372036854775807', '0', '1', '9223372036854775806'];

/** A condition on one thing, some of them on a thing that may be null. */
type Maker = (random: Random) => string;

const relation = (random: Random): string => random.pick(RELATIONS);
const quoted = (text: string): string => JSON.stringify(text);
const cents = (random: Random): string => String((random.below(9) - 4) / 4);

const ATOMS: readonly Maker[] = [
  (random) => `n ${relation(random)} ${random.pick(NUMBERS)}`,
  (random) => `${random.pick(NUMBERS)} ${relation(random)} n`,
  (random) => `n > ${random.below(20)} && n <= ${random.below(30)}`,
  (random) => `!(n < ${random.pick(NUMBERS)})`,
  (random) => `i ${relation(random)} ${random.below(12) - 4}`,
  (random) => `[1, 2, ${random.below(9)}].includes(i)`,
  (random) => `preset ${relation(random)} ${random.pick(NUMBERS)}`,
  (random) => `m !== null && m ${relation(random)} ${random.pick(NUMBERS)}`,
  (random) => `(m ?? ${random.pick(NUMBERS)}) ${relation(random)} ${random.pick(NUMBERS)}`,
  () => 'm === null',
  (random) => `(m === null || m ${relation(random)} 2)`,
  (random) => `cents ${relation(random)} ${cents(random)}`,
  (random) => `cents ${relation(random)} 0.00${random.below(9)}`,
  (random) => `maybeCents !== null && maybeCents ${relation(random)} ${cents(random)}`,
  (random) => `id ${relation(random)} ${random.pick(IDS)}`,
  (random) => `country ${random.pick(['===', '!=='])} ${quoted(random.pick(MEMBERS))}`,
  (random) => `[${quoted(random.pick(MEMBERS))}, ${quoted(random.pick(MEMBERS))}].includes(country)`,
  (random) => `maybeCountry ${random.pick(['===', '!=='])} ${quoted(random.pick(MEMBERS))}`,
  (random) => `(maybeCountry ?? "US") === ${quoted(random.pick(MEMBERS))}`,
  (random) => `at ${relation(random)} ${quoted(random.pick(TIMES))}`,
  (random) => `now ${relation(random)} ${quoted(random.pick(TIMES))}`,
  (random) => `day ${relation(random)} ${quoted(random.pick(DAYS))}`,
  (random) => `maybeDay !== null && maybeDay ${relation(random)} ${quoted(random.pick(DAYS))}`,
  () => 'flag',
  () => '!flag',
  () => '(maybeFlag ?? true)',
  () => 'maybeFlag === null',
  () => 'maybeFlag === false',
  (random) => `s ${random.pick(['===', '!=='])} ${quoted(random.pick(SHORT))}`,
  (random) => `[${quoted(random.pick(SHORT))}, ${quoted(random.pick(SHORT))}].includes(s)`,
  (random) => `long ${random.pick(['===', '!=='])} ${quoted(random.pick(TEXTS))}`,
  (random) => `note !== null && note.startsWith(${quoted(random.pick(TEXTS))})`,
  (random) => `note !== null && note ${relation(random)} ${quoted(random.pick(TEXTS))}`,
  (random) => `(note?.startsWith(${quoted(random.pick(SHORT))}) ?? ${random.chance(50)})`,
  (random) => `tags.length ${relation(random)} ${random.pick(['0', '1', '2', '2.5', '6', '-1'])}`,
  (random) => `card?.limit !== null && card.limit ${relation(random)} ${random.pick(NUMBERS)}`,
  (random) => `card !== null && card.brand === ${quoted(random.pick(SHORT))}`,
  (random) => `nan ${relation(random)} ${random.pick(NUMBERS)}`,
  (random) => `half ${relation(random)} ${quoted(random.pick(SHORT))}`,
  (random) => `half.startsWith(${quoted(random.pick(TEXTS))})`,
  (random) => `picked ${relation(random)} ${random.below(5)}`,
  (random) => `named === ${quoted(random.pick(TEXTS))}`,
];

const OTHERS: readonly Maker[] = [
  (random) => `n + i > ${random.below(9)}`,
  () => 'tags.some(tag => tag === s)',
  (random) => `(flag || n > ${random.below(5)})`,
  () => 'note !== null && note.includes("b")',
  () => 's < long',
  () => '!(s < long)',
  () => '!tags.some(other => other === s)',
  (random) => `divide(cents, cents - ${cents(random)}, 2, "half-even") > 1.00`,
  (random) => `s.length > ${random.below(4)}`,
];

const OUTCOMES = ['approve', 'review', 'decline'];

/** Whether an operand or more than one: what binds less tightly than `&&` stands in parentheses already. */
function condition(random: Random): string {
  const count = 1 + random.below(4);
  const parts = Array.from({ length: count }, () => random.pick(random.chance(12) ? OTHERS : ATOMS)(random));
  if (random.chance(8)) parts.push(`(${random.pick(ATOMS)(random)} || ${random.pick(ATOMS)(random)})`);
  if (random.chance(5)) return `!(${parts.join(' && ')})`;
  return parts.join(' && ');
}

/** A bundle's documents by path. @param size rules, and rows of each table, about so many */
export function indexBundle(random: Random, size: number): Record<string, string> {
  const combine = random.pick(['score', 'first', 'collect']);
  const then = (): object => ({
    score: random.pick([0.1, 0.2, 3, 5, -1, 2.5, 1]),
    reason: `R${random.below(50)}`,
    ...(combine === 'score' && random.chance(80) ? {} : { outcome: random.pick(OUTCOMES) }),
  });
  const rules = Array.from({ length: 1 + random.below(size) }, (_, id) => ({
    id: `r${id}`,
    when: condition(random),
    then: then(),
  }));
  const policy = random.pick(['first', 'first', 'any', 'priority', 'ruleOrder', 'collect']);
  const rows = Array.from({ length: 1 + random.below(size) }, () => ({ when: cells(random), then: outputs(random, policy) }));
  const files: Record<string, unknown> = {
    'model.yaml': SCHEMA,
    'features/a.yaml': [
      { name: 'nan', value: 'n === 1 ? 0 / (n - 1) : n' },
      { name: 'half', value: 'long.slice(0, 3)' },
      { name: 'picked', cases: [{ when: 'n > 2', value: 'i' }, { when: 'flag', value: '3' }, { value: '0' }] },
      { name: 'named', cases: [{ when: 'flag', value: 'long' }, { when: 'i > 2', value: '"abcdefghi"' }, { value: 's' }] },
    ],
    'rules/a.yaml': rules,
    'tables/grid.yaml': {
      hitPolicy: policy,
      inputs: ['n', 'country', 's', 'maybeCents'],
      outputs: [
        { name: 'rate', type: 'number', ...(policy === 'priority' ? { values: [1, 2, 3] } : {}) },
        { name: 'outcome' },
        { name: 'reason' },
      ],
      ...(policy === 'collect' ? { aggregate: 'sum' } : {}),
      rows,
    },
    'bundle.yaml': {
      name: 'indexed',
      version: '1.0.0',
      model: 'model.yaml',
      profile: 'standard',
      onError: random.pick(OUTCOMES),
      decide: {
        combine,
        reasonsMax: 64,
        outcomes: combine === 'score' ? [{ atLeast: 3, outcome: 'review' }, { outcome: 'approve' }] : [{ outcome: 'approve' }],
      },
    },
  };
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)]));
}

function cells(random: Random): string[] {
  const any = (cell: () => string): string => (random.chance(45) ? '-' : cell());
  return [
    any(() =>
      random.pick([
        `>= ${random.below(5)}`,
        `[${random.below(3)}..${3 + random.below(3)})`,
        `${random.below(4)}`,
        `not(${random.below(4)})`,
      ]),
    ),
    any(() => random.pick(['"US"', '"GB", "DE"', 'not("FR")'])),
    any(() => quoted(random.pick(SHORT))),
    any(() => random.pick(['null', '> 0.50', '<= 0.25', 'not(null)'])),
  ];
}

function outputs(random: Random, policy: string): string[] {
  const rate = policy === 'any' ? '1' : String(1 + random.below(3));
  if (policy === 'any') return [rate, '"review"', '"ANY"'];
  return [rate, quoted(random.pick(OUTCOMES)), quoted(`T${random.below(9)}`)];
}

/** A payload whose values are constants of the rules, or lie beside them. */
export function indexPayload(random: Random): object {
  const maybe = <T>(value: T): T | undefined => (random.chance(70) ? value : undefined);
  const numbers = [0, -0, 1, 1.5, 2, 2.5, 3, -1, 1e308, 5e-324, 0.1, 0.30000000000000004, 7, 12, 19, 30, -7];
  const number = (): number => random.pick(numbers);
  return {
    n: number(),
    m: maybe(number()),
    preset: maybe(number()),
    i: random.below(14) - 5,
    cents: (random.below(19) - 9) / 4,
    maybeCents: maybe((random.below(19) - 9) / 4),
    id: BigInt(random.pick(IDS)) + BigInt(random.below(2)),
    country: random.pick(MEMBERS),
    maybeCountry: maybe(random.pick(MEMBERS)),
    at: random.pick([...TIMES, '2026-06-01T12:00:00+02:00']),
    day: random.pick([...DAYS, '2030-05-05']),
    maybeDay: maybe(random.pick(DAYS)),
    flag: random.chance(50),
    maybeFlag: maybe(random.chance(50)),
    s: random.pick([...SHORT, 'abcdefgh']),
    note: maybe(random.pick(TEXTS)),
    long: random.pick([...TEXTS, 'ab😀cd', '😀', 'a\u{10ffff}']),
    tags: Array.from({ length: random.below(7) }, () => random.pick(['a', 'b', 'ab', ''])),
    card: maybe({ brand: random.pick(['a', 'VISA', '', 'abcdefg']), limit: maybe(number()) }),
  };
}
