// The one space of names: features, tables and scorecards beside the fields of the model and what the language itself names.

import type { Bundle } from '../../bundle/bundle.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import { TYPESCRIPT_WORDS } from '../../schema/field-name.js';
import type { Model } from '../../schema/model.js';
import { reservedNames } from '../checker/names.js';
import { VALUE_NAME } from '../tables/check-cell.js';

/** Words that are names in TypeScript in some places only. */
const PARTLY_WORDS: ReadonlySet<string> = new Set(['async', 'of']);

/** Reports names that are taken or cannot be used; gives those that stand for something else already. */
export function checkDefinedNames(bundle: Bundle, model: Model | undefined, bag: DiagnosticBag): void {
  const taken = new Map<string, { what: string; span?: Span }>();
  for (const name of reservedNames(model)) taken.set(name, { what: 'a name of the language' });
  taken.set(VALUE_NAME, { what: 'the name of the input in the cells of tables' });
  for (const { name } of model?.tables[0]?.fields ?? []) {
    if (name !== VALUE_NAME) taken.set(name, { what: 'a field of the model' });
  }
  const take = (name: string, what: string, span: Span): void => {
    if (TYPESCRIPT_WORDS.has(name) || PARTLY_WORDS.has(name)) {
      bag.error('V3601', span, `\`${name}\` is a word of the language`, 'choose another name');
      return;
    }
    const before = taken.get(name);
    if (before === undefined) {
      taken.set(name, { what, span });
      return;
    }
    const related = before.span === undefined ? {} : { related: [{ message: `${before.what} has it`, span: before.span }] };
    const message = `the name \`${name}\` is taken: ${before.what} has it`;
    const advice = 'choose another name';
    bag.add({
      code: 'V3600',
      severity: 'error',
      span,
      message: before.span === undefined ? `\`${name}\` is ${before.what}` : message,
      advice,
      ...related,
    });
  };
  for (const { name, nameSpan } of bundle.features) take(name, 'a feature', nameSpan);
  for (const { name, span } of bundle.tables) take(name, 'a table', span);
  for (const { name, span } of bundle.scorecards) take(name, 'a scorecard', span);
  for (const { name, span } of bundle.ensembles) take(name, 'an ensemble', span);
}
