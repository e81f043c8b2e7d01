// V43xx: lists of the tenant.

import { type Example, files, type Pages, ruleText } from './page.js';

/** A list that the only rule asks. @param entries null where the bundle brings none */
function list(declaration: string, entries: string | null, condition = 'lists.known.includes(email)'): Example {
  return files({
    'lists/known.yaml': declaration,
    ...(entries === null ? {} : { 'lists/known.txt': entries }),
    'rules/example.yaml': ruleText(condition),
  });
}

const RISKS = 'lists.known.includes(risk)';

export const LIST_PAGES: Pages = {
  V4300: {
    why: 'All entries of a list are of its type, so that a value is found exactly where it stands in it.',
    wrong: list('type: number\n', '0.5\nnone\n', RISKS),
    right: list('type: number\n', '0.5\n0.75\n', RISKS),
  },
  V4301: {
    why: 'The declaration says how many entries there may be at most, by which memory is planned.',
    wrong: list('type: string\nmaximum: 1\n', 'a@example.com\nb@example.com\n'),
    right: list('type: string\nmaximum: 2\n', 'a@example.com\nb@example.com\n'),
  },
  V4302: {
    why: 'The declaration says that the bundle brings the entries. Without them every decision that asks the list would fail.',
    wrong: list('type: string\ncontent: bundle\n', null),
    right: list('type: string\ncontent: bundle\n', 'a@example.com\n'),
  },
};
