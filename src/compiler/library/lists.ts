// Functions of lists of the payload, of array literals and of pieces of a text, and of the tenant's lists.

import { countOf, filterOf, includesOf, mapOf, testOf } from '../checker/lists.js';
import { reduceOf } from '../checker/reduce.js';
import { BOOLEAN } from '../types.js';
import { argument, type LibraryEntry } from './entry.js';

const EACH = 'what the function costs, as often as the list may have elements';

export const LIST_FUNCTIONS: readonly LibraryEntry[] = [
  {
    name: 'length',
    on: 'list',
    property: true,
    parameters: [],
    result: 'number',
    semantics: 'Number of elements; behind `filter`, of those that pass.',
    cost: 'one instruction; behind `filter` and of pieces, a pass over the list',
    examples: [
      ['items.length', 3],
      ['items.filter(item => item.price > 10).length', 2],
    ],
    lower: countOf,
  },
  {
    name: 'includes',
    on: 'list',
    parameters: [{ name: 'value', type: 'element' }],
    result: 'boolean',
    semantics:
      'Whether an element equals the value; one that is not a number equals itself. Text literals are read as the type of the other side.',
    cost: 'a comparison, as often as the list may have elements',
    examples: [
      ['["US", "GB"].includes(country)', true],
      ['tags.includes("vip")', true],
    ],
    lower: includesOf,
  },
  {
    name: 'some',
    on: 'list',
    parameters: [{ name: 'test', type: 'test' }],
    result: 'boolean',
    semantics: 'Whether the test holds for an element; false where there is none.',
    cost: EACH,
    examples: [['items.some(item => item.price > 100)', true]],
    lower: (call) => testOf(call, 'some'),
  },
  {
    name: 'every',
    on: 'list',
    parameters: [{ name: 'test', type: 'test' }],
    result: 'boolean',
    semantics: 'Whether the test holds for every element; true where there is none.',
    cost: EACH,
    examples: [['items.every(item => item.quantity < 10)', true]],
    lower: (call) => testOf(call, 'every'),
  },
  {
    name: 'filter',
    on: 'list',
    parameters: [{ name: 'test', type: 'test' }],
    result: 'list of the same',
    semantics:
      'The elements for which the test holds. A list is no value: end in `length`, `includes`, `some`, `every` or `reduce`.',
    cost: EACH,
    examples: [['items.filter(item => item.sku !== null).some(item => item.sku.startsWith("A"))', true]],
    lower: filterOf,
  },
  {
    name: 'map',
    on: 'list',
    parameters: [{ name: 'value', type: 'mapping' }],
    result: 'list of the results',
    semantics: 'What the function gives for each element, never null. A list is no value: end in a method that gives one.',
    cost: EACH,
    examples: [['items.map(item => item.price * item.quantity).some(total => total === 30)', true]],
    lower: mapOf,
  },
  {
    name: 'reduce',
    on: 'list',
    parameters: [
      { name: 'step', type: 'reducer' },
      { name: 'initial', type: 'initial' },
    ],
    result: 'type of `initial`',
    semantics:
      'The accumulator after all elements. It is a number, boolean, enum, timestamp or date; or a decimal, for which the compiler ' +
      'must see how far it can grow.',
    cost: EACH,
    examples: [
      ['items.reduce((sum, item) => sum + item.price * item.quantity, 0) === 160.5', true],
      ['items.reduce((most, item) => Math.max(most, item.quantity), 0) === 4', true],
    ],
    lower: reduceOf,
  },
  {
    name: 'includes',
    on: 'lists',
    parameters: [{ name: 'value', type: 'member' }],
    result: 'boolean',
    semantics:
      'Whether the value is a member of a list of the tenant, of the type that the list declares: `lists.blocked.includes(email)`.',
    cost: 'a search by hash, then a comparison of bytes; it does not grow with the list',
    examples: [],
    lower: (call) => {
      const { start, end } = call.place;
      return { op: 'member-of', type: BOOLEAN, list: call.members!, value: argument(call, 0), start, end };
    },
  },
];
