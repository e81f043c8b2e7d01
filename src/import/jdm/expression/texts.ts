// What texts of the payload say: numbers, times of day, and pieces between separators.

import { atom, type Code, call, choice, compared, computed, dotted, quoted } from '../code.js';
import { type ListSymbol, Refusal, type Scalar, type Sym } from '../symbol.js';
import type { ZenNode } from './node.js';
import type { Translation } from './translate.js';

/** Digits behind the point of numbers in texts. */
const SCALE = 6;
const UNITS_MAX = 9.3e18 / 10 ** SCALE;
/** What ZEN may take for a number: all that is not this, is none. */
const NUMBER = '^[\\s\\u0085]*[+-]?([0-9][0-9_]*([.][0-9_]*)?|[.][0-9_]+)([eE][+-]?[0-9]+)?[\\s\\u0085]*$';
/** What ZEN may take for a time of day, and what it takes for certain. */
const TIME = ':|^now$';
const TIME_OF_DAY = '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$';
const DAY_SECONDS = 86_400;
const PIECES_MAX = 16;

const AT_END = 'the decision gets the status ARITHMETIC where it is written otherwise';

/** A text that is not null, by a name; a text of the rules' own has none. */
function named(translation: Translation, sym: Sym): Scalar {
  const text = translation.text(sym);
  if (text.kind === 'constant') throw new Refusal('a text that is fixed');
  return text.isPath ? text : { ...translation.hoist({ ...text, needs: [] }), needs: text.needs };
}

/** `number(text)`. ZEN fails at what is no number; of those that it takes, only plain ones are read here. */
export function numberOfText(translation: Translation, sym: Sym, node: ZenNode): Scalar {
  const text = named(translation, sym);
  translation.scope.warn(
    `a text is read as a number: digits, with a minus or none, and up to ${SCALE} behind a point or none; ${AT_END}`,
    node,
  );
  return {
    kind: 'scalar',
    type: { kind: 'decimal', scale: SCALE, low: -UNITS_MAX, high: UNITS_MAX },
    code: dotted(text.code, `toDecimal(${SCALE})`),
    nullable: false,
    needs: [...text.needs, call('matches', text.code, quoted(NUMBER))],
    isPath: false,
  };
}

/** `time(text)`: seconds since midnight. */
export function timeOfText(translation: Translation, sym: Sym, node: ZenNode): Scalar {
  const text = named(translation, sym);
  translation.scope.warn(`a text is read as a time of day: \`23:45\` or \`23:45:01\`; ${AT_END}`, node);
  const part = (from: number): Code => call('toNumber', dotted(text.code, `slice(${from}, ${from + 2}).toDecimal(0)`));
  const seconds = choice(compared('>', dotted(text.code, 'length'), atom('5')), part(6), atom('0'));
  const minutes = computed('+', computed('*', part(0), atom('3600')), computed('*', part(3), atom('60')));
  const value = choice(
    call('matches', text.code, quoted(TIME_OF_DAY)),
    computed('+', minutes, seconds),
    // a colon is no digit: this is where the decision ends
    call('toNumber', dotted(text.code, 'toDecimal(0)')),
  );
  return {
    kind: 'scalar',
    type: { kind: 'decimal', scale: 0, low: 0, high: DAY_SECONDS },
    code: call('toDecimal', value, atom('0'), quoted('down')),
    nullable: false,
    needs: [...text.needs, call('matches', text.code, quoted(TIME))],
    isPath: false,
  };
}

/** A piece by its number, from 0; null where there are fewer. */
export function pieceAt(translation: Translation, list: ListSymbol, index: number): Scalar {
  const { pieces } = list;
  if (pieces === undefined || pieces.each !== list.each || pieces.value !== list.value || list.guard !== undefined)
    throw new Refusal('an element of a list by its number');
  if (!Number.isInteger(index) || index < 0 || index >= PIECES_MAX)
    throw new Refusal(`a piece of a text by a number that is none from 0 to ${PIECES_MAX - 1}`);
  const { separator } = pieces;
  const text = named(translation, pieces.text);
  const found = (from?: Code): Code =>
    dotted(text.code, `indexOf(${quoted(separator).text}${from === undefined ? '' : `, ${from.text}`})`);
  const isNone = (position: Code): Code => compared('<', position, atom('0'));
  const behind = (position: Code): Code => computed('+', position, atom(String(separator.length)));
  let before: Code | undefined;
  for (let i = 0; i < index; i++)
    before = position(translation, before === undefined ? found() : choice(isNone(before), before, found(behind(before))));
  const start = before === undefined ? atom('0') : behind(before);
  const end = index === 0 ? found() : position(translation, choice(isNone(before!), before!, found(start)));
  const piece = choice(
    isNone(end),
    dotted(text.code, `slice(${start.text})`),
    dotted(text.code, `slice(${start.text}, ${end.text})`),
  );
  return {
    kind: 'scalar',
    type: { kind: 'text' },
    code: before === undefined ? piece : choice(isNone(before), atom('null'), piece),
    nullable: before !== undefined,
    needs: text.needs,
    isPath: false,
  };
}

/** The place of a separator, by a name. */
function position(translation: Translation, code: Code): Code {
  return translation.hoist({ kind: 'scalar', type: { kind: 'float' }, code, nullable: false, needs: [], isPath: false }).code;
}
