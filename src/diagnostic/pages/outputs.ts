// V37xx: outputs of decisions.

import { type Example, files, type Pages } from './page.js';

/** A bundle with these outputs, beside its rules. */
const outputs = (...entries: string[]): Example => files({ 'outputs.yaml': `${entries.join('\n')}\n` });

export const OUTPUT_PAGES: Pages = {
  V3700: {
    why: 'Outputs are the members of one object, and a name with points stands for objects inside it. So no two outputs have one name, and what others lie in is no value itself.',
    wrong: outputs('- { name: price, value: amount }', '- { name: price.total, value: amount + fee }'),
    right: outputs('- { name: price.net, value: amount }', '- { name: price.total, value: amount + fee }'),
  },
  V3701: {
    why: 'An output is a number, a text, a truth value, a time, or a list of these. An object is given field by field; of a list of objects, `each` and `values` say what each of them holds.',
    wrong: outputs('- { name: items, value: items }'),
    right: outputs('- { name: items, each: items, as: item, values: { price: item.price } }'),
  },
  V3702: {
    why: 'With `each` an output is a list of objects: one for each element of a list, or for each row of a table that gives a list.',
    wrong: outputs('- { name: amounts, each: amount, as: one, values: { amount: one } }'),
    right: outputs('- { name: amounts, each: "[amount, fee]", as: one, values: { amount: one } }'),
  },
};
