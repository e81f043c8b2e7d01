// V32xx: names and what they stand for. V36xx: names that a bundle gives.

import { files, type Pages, ruleText, when } from './page.js';

const rule = ruleText;

export const NAME_PAGES: Pages = {
  V3201: {
    why: 'Every name stands for a field of the model, or for something that the bundle defines. A name that stands for nothing is most often misspelled.',
    wrong: when('ammount > 5000'),
    right: when('amount > 5000'),
    fix: true,
  },
  V3202: {
    why: 'The fields of an object are those that the model declares.',
    wrong: when('customer.contry === "US"'),
    right: when('customer.country === "US"'),
    fix: true,
  },
  V3203: {
    why: 'Only objects have fields. A number, a text or a truth value is read by its own name.',
    wrong: when('amount.cents > 50'),
    right: when('amount > 0.5'),
  },
  V3204: {
    why: 'Where the object is absent there is no field to read. The rule has to say what is meant then.',
    wrong: when('card.limit > 500'),
    right: when('card !== null && card.limit > 500'),
  },
  V3210: {
    why: 'The name stands for a function, a table or a group of them. It has to be called, or one of its members named.',
    wrong: when('Math > 5'),
    right: when('Math.max(hour, 5) > 5'),
  },
  V3211: {
    why: 'An arrow function says what is asked of each element of a list. Anywhere else there are no elements to ask.',
    wrong: when('(item => item.price > 100) === null'),
    right: when('items.some(item => item.price > 100)'),
  },
  V3212: {
    why: 'A parameter with the name of a field would hide the field, and readers would take one for the other.',
    wrong: when('items.some(amount => amount.price > 100)'),
    right: when('items.some(item => item.price > 100)'),
  },
  V3213: {
    why: 'The method decides what the function is given: each element, and in `reduce` what was gathered before it.',
    wrong: when('items.some((item, index) => item.price > 100)'),
    right: when('items.some(item => item.price > 100)'),
  },
  V3214: {
    why: 'A table gives its outputs, a scorecard its score, and `lists` the lists that the bundle declares. Anything else is most often misspelled.',
    wrong: when('lists.blocked.includes(email)'),
    right: files({ 'lists/blocked.yaml': 'type: string\n', 'rules/example.yaml': rule('lists.blocked.includes(email)') }),
  },
  V3600: {
    why: 'In an expression a name means one thing. Fields, features, tables and scorecards share one space of names.',
    wrong: files({ 'features/money.yaml': '- name: amount\n  value: fee * 2\n' }),
    right: files({ 'features/money.yaml': '- name: doubleFee\n  value: fee * 2\n', 'rules/example.yaml': rule('doubleFee > 100') }),
  },
  V3601: {
    why: 'The name would not be read as a name: it is a word of the language, or has a form that expressions do not take.',
    wrong: files({ 'features/money.yaml': '- name: typeof\n  value: fee * 2\n' }),
    right: files({ 'features/money.yaml': '- name: doubleFee\n  value: fee * 2\n', 'rules/example.yaml': rule('doubleFee > 100') }),
  },
  V3602: {
    why: 'To know one value the other has to be known, and the other way round. Such values have no beginning. The message names the whole circle.',
    wrong: files({ 'features/money.yaml': '- name: gross\n  value: net * 1.19\n- name: net\n  value: gross - fee\n' }),
    right: files({
      'features/money.yaml': '- name: net\n  value: amount - fee\n- name: gross\n  value: net * 1.19\n',
      'rules/example.yaml': rule('gross > 5000'),
    }),
  },
  V3603: {
    why: 'What nothing reads takes no part in a decision. It is left out of what is published, and is most often forgotten or misspelled.',
    wrong: files({ 'features/money.yaml': '- name: total\n  value: amount + fee\n' }),
    right: files({ 'features/money.yaml': '- name: total\n  value: amount + fee\n', 'rules/example.yaml': rule('total > 5000') }),
  },
  V3604: {
    why: 'A feature is a single value. Objects and lists are read from the payload where they are needed.',
    wrong: files({ 'features/cards.yaml': '- name: used\n  value: card\n' }),
    right: files({
      'features/cards.yaml': '- name: limit\n  value: card?.limit ?? 0\n',
      'rules/example.yaml': rule('limit > 500'),
    }),
  },
  V3606: {
    why: 'Cases are tried from the top. Behind one that always holds no other is ever reached.',
    wrong: files({ 'features/level.yaml': '- name: level\n  cases:\n    - { value: 1 }\n    - { when: vip, value: 2 }\n' }),
    right: files({
      'features/level.yaml': '- name: level\n  cases:\n    - { when: vip, value: 2 }\n    - { value: 1 }\n',
      'rules/example.yaml': rule('level > 1'),
    }),
  },
};
