// json-rules-engine as a bundle: a condition becomes a feature, a rule one output that says whether its event is emitted, and the
// params of the event outputs of their own.

import type { BundleDocument } from '../../bundle/document.js';
import { toPointer } from '../../bundle/document.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { BundleText, type Commented } from '../bundle-text.js';
import { allOf, anyOf, atom, type Code, NO, notCode, textCode, YES } from '../expression-code.js';
import type { Imported, ImportOptions, ImportSource } from '../imported.js';
import { readJsonSource } from '../json-source.js';
import { Namer, toBundleName } from '../names.js';
import { ConditionRefusal, conditionOf, numberCode, type Operand } from './conditions.js';
import { type FactPath, Facts, namesOfPath } from './facts.js';
import { isRecord, paramSegment, placedRules } from './source-rules.js';

type JsonObject = Readonly<Record<string, unknown>>;

interface SourceRule {
  readonly value: JsonObject;
  readonly pointer: string;
  readonly priority: number;
}

const DEPTH_MAX = 64;
/** What conditions begin with, where they do not stand in others. */
const ROOT_KEYS = ['all', 'any', 'not', 'condition'];

/** Imports a rule, a list of rules, or a document of rules and named conditions. */
export function importRules(source: ImportSource, options: ImportOptions): Imported {
  const bag = new DiagnosticBag();
  const document = readJsonSource(source, bag);
  if (document === undefined) return { files: new Map(), diagnostics: bag.items };
  return new RulesImport(document, source, options, bag).run();
}

class RulesImport {
  readonly #rules: SourceRule[] = [];
  readonly #conditions = new Map<string, { value: unknown; pointer: string }>();
  readonly #facts: Facts;
  /** Features of named conditions, once they are written. */
  readonly #features = new Map<string, string>();
  readonly #written: { name: string; description?: string; value: string }[] = [];
  readonly #open = new Set<string>();
  /** Names of the features of rules, by the place of the rule. */
  readonly #cameOver = new Map<string, string>();
  /** What conditions compare facts with, by path. */
  readonly #constants = new Map<string, (string | number | boolean)[]>();
  readonly #settings: JsonObject;
  #namer = new Namer();

  constructor(
    private readonly document: BundleDocument,
    private readonly source: ImportSource,
    private readonly options: ImportOptions,
    private readonly bag: DiagnosticBag,
  ) {
    const root = document.value;
    const settings = isRecord(root) ? root.options : undefined;
    this.#settings = isRecord(settings) ? settings : {};
    this.#facts = new Facts(options.payloads, this.#settings.allowUndefinedFacts === true);
  }

  run(): Imported {
    const files = new BundleText();
    this.#readRules();
    for (const { value, pointer } of [...this.#rules, ...this.#conditions.values()])
      this.#expectFacts('conditions' in (value as object) ? (value as JsonObject).conditions : value, pointer, 0);
    const schema = this.#facts.schema((path, reason) => {
      const place = this.document.spanOf('');
      this.bag.warning(
        'V7001',
        place,
        `the field \`${path}\` is left out of the model: ${reason}`,
        'give payloads to infer it from',
      );
    });
    const names = Object.keys((schema as { properties: object }).properties);
    this.#namer = new Namer([...names, 'element']);
    const outputs = this.#rules.flatMap((rule) => this.#ruleOutputs(rule));
    if (outputs.length === 0 || names.length === 0) {
      if (!this.bag.hasErrors)
        this.bag.error('V7002', this.document.spanOf(''), 'no rule reads a fact, and a model without fields has no counterpart');
      return { files: files.files(), diagnostics: this.bag.items };
    }
    const head = {
      name: this.options.name ?? toBundleName(this.source.name),
      version: '1.0.0',
      model: 'model.yaml',
      profile: 'standard',
      onError: 'fail',
    };
    files.yaml('bundle.yaml', head, {
      head: `Imported from ${this.source.name}, of json-rules-engine: outputs say which events are emitted.`,
    });
    files.yaml('model.yaml', schema);
    files.yaml('features/conditions.yaml', this.#written);
    files.yaml('outputs.yaml', outputs);
    return { files: files.files(), diagnostics: this.bag.items, cameOver: this.#cameOver, constants: this.#constants };
  }

  #readRules(): void {
    const root = this.document.value;
    const isWhole = isRecord(root) && Array.isArray(root.rules);
    for (const { value, pointer } of placedRules(root)) {
      if (!isRecord(value)) {
        this.bag.error(
          'V7401',
          this.document.spanOf(pointer),
          'a rule is an object',
          'write `{ "conditions": ..., "event": ... }`',
        );
        continue;
      }
      const priority = Number.parseInt(String(value.priority ?? 1), 10);
      if (!(priority > 0)) {
        this.bag.error('V7401', this.document.spanOf(`${pointer}/priority`), 'a priority is an integer above 0');
        continue;
      }
      if (this.#checkRoot(value.conditions, `${pointer}/conditions`)) this.#rules.push({ value, pointer, priority });
    }
    // As the engine runs them: higher priorities first.
    this.#rules.sort((a, b) => b.priority - a.priority);
    const named = isWhole ? root.conditions : undefined;
    if (isRecord(named))
      for (const [name, value] of Object.entries(named)) {
        const pointer = toPointer('conditions', name);
        this.#checkRoot(value, pointer);
        this.#conditions.set(name, { value, pointer });
      }
    const facts = isWhole ? root.facts : undefined;
    if (facts !== undefined)
      this.bag.error(
        'V7002',
        this.document.keySpan('', 'facts'),
        'facts that the engine computes have no counterpart',
        'give them with the payload',
      );
  }

  /** Whether the engine takes it as conditions of a rule or of a name: a single test it takes only inside of them. */
  #checkRoot(value: unknown, pointer: string): boolean {
    if (!isRecord(value) || ROOT_KEYS.some((key) => Object.hasOwn(value, key))) return true;
    const [words, place] = ['`all`, `any`, `not` or `condition`', this.document.spanOf(pointer)];
    this.bag.error('V7401', place, `conditions begin with ${words}`, 'write `{ "all": [ ... ] }` around it');
    return false;
  }

  /** Tells the model what conditions compare facts with. What is wrong with them is said when they are translated. */
  #expectFacts(condition: unknown, pointer: string, depth: number): void {
    if (!isRecord(condition) || depth > DEPTH_MAX) return;
    for (const key of ['any', 'all'] as const) {
      const inner = condition[key];
      if (Array.isArray(inner)) for (const item of inner as unknown[]) this.#expectFacts(item, pointer, depth + 1);
    }
    this.#expectFacts(condition.not, pointer, depth + 1);
    const path = this.#pathOf(condition);
    if (path === undefined) return;
    const { operator, value } = condition;
    const decorators = String(operator).split(':');
    const name = decorators.pop()!;
    let compared: unknown = value;
    if (isReference(value)) {
      const other = this.#pathOf(value);
      if (other !== undefined) this.#facts.expect(other, name.includes('Than') ? 0 : undefined);
      compared = name.includes('Than') ? 0 : undefined;
    } else if (name === 'in' || name === 'notIn') compared = Array.isArray(value) ? (value as unknown[])[0] : value;
    else if (name === 'contains' || name === 'doesNotContain') compared = [value];
    else if (name.includes('Than') && typeof value !== 'string') compared = 0;
    if (decorators.some((decorator) => decorator.endsWith('Value')) && Array.isArray(compared))
      compared = (compared as unknown[])[0];
    if (decorators.some((decorator) => decorator.endsWith('Fact'))) compared = [compared];
    this.#facts.expect(path, compared);
    this.#noteConstants(path.join('.'), value, decorators, name);
  }

  /** Keeps what a fact is compared with: its elements, where it is they. */
  #noteConstants(path: string, value: unknown, decorators: readonly string[], operator: string): void {
    const isOfElements = /ontain/.test(operator) || decorators.some((decorator) => decorator.endsWith('Fact'));
    const key = isOfElements ? `${path}[]` : path;
    const known = this.#constants.get(key) ?? [];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') known.push(item);
    if (known.length > 0) this.#constants.set(key, known);
  }

  #pathOf({ fact, path }: JsonObject): FactPath | undefined {
    if (typeof fact !== 'string') return undefined;
    const names = path === undefined || path === '' ? [] : typeof path === 'string' ? namesOfPath(path) : undefined;
    return names && [fact, ...names];
  }

  #ruleOutputs({ value, pointer }: SourceRule): (object | Commented)[] {
    const event = isRecord(value.event) ? value.event : { type: 'unknown' };
    const given = value.name ?? event.type;
    const title = typeof given === 'string' || typeof given === 'number' ? String(given) : 'rule';
    const condition = this.#guard(`${pointer}/conditions`, () => this.#condition(value.conditions, `${pointer}/conditions`, 0));
    if (condition === undefined) return [];
    const feature = this.#namer.name(title);
    const type = String(event.type);
    this.#written.push({ name: feature, ...(title === feature ? {} : { description: title }), value: condition.text });
    this.#cameOver.set(pointer, feature);
    const first = { name: `rules.${feature}`, description: `Whether the event ${type} is emitted.`, value: feature };
    return [first, ...this.#params(event.params, `events.${feature}`, `${pointer}/event/params`, feature, 0)];
  }

  /** Params of an event: each has a value where the rule holds. */
  #params(value: unknown, name: string, pointer: string, feature: string, depth: number): object[] {
    if (value === undefined) return [];
    const of = (code: Code): object[] => [{ name, cases: [{ when: feature, value: code.text }] }];
    // The engine replaces the params themselves, and nothing inside them.
    if (this.#settings.replaceFactsInEventParams === true && depth === 1 && isReference(value)) {
      const path = this.#pathOf(value);
      const fact = path && this.#facts.at(path);
      if (fact !== undefined && fact.type.kind !== 'object' && fact.type.kind !== 'list') return of(fact.code);
      this.bag.warning(
        'V7001',
        this.document.spanOf(pointer),
        'a param of an event that is a fact without a value of its own is not carried over',
        'name a field of the fact with `path`, and give payloads that have it',
      );
      return [];
    }
    if (typeof value === 'string') return of(textCode(value));
    if (typeof value === 'boolean') return of(value ? YES : NO);
    if (typeof value === 'number') return of(numberCode(value));
    if (isRecord(value) && depth < DEPTH_MAX) {
      return Object.entries(value).flatMap(([key, member]) => {
        return this.#params(member, `${name}.${paramSegment(key)}`, pointer + toPointer(key), feature, depth + 1);
      });
    }
    const what = value === null ? 'null' : 'a list';
    this.bag.warning(
      'V7001',
      this.document.spanOf(pointer),
      `a param of an event that is ${what} is not carried over`,
      'take it from the event by its name',
    );
    return [];
  }

  /** Says what is refused; undefined then. */
  #guard<T>(pointer: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof ConditionRefusal)) throw error;
      const cause = error instanceof Refused ? error.refusal : error;
      const place = this.document.spanOf(error instanceof Refused ? error.pointer : pointer);
      this.bag.error(cause.isMistake ? 'V7401' : 'V7002', place, cause.message, cause.advice);
      return undefined;
    }
  }

  /** A condition. Throws Refused. */
  #condition(value: unknown, pointer: string, depth: number): Code {
    if (!isRecord(value))
      throw refused(pointer, 'a condition is an object', 'write `{ "all": [...] }`, or one with fact, operator and value');
    if (depth > DEPTH_MAX) throw refused(pointer, `conditions stand more than ${DEPTH_MAX} deep inside one another`);
    const all = (list: unknown, key: string): Code[] => {
      if (!Array.isArray(list)) throw refused(`${pointer}/${key}`, `\`${key}\` is a list of conditions`);
      return (list as unknown[]).map((item, index) => this.#condition(item, `${pointer}/${key}/${index}`, depth + 1));
    };
    if ('any' in value) {
      const parts = all(value.any, 'any');
      // Of no conditions the engine says true, be it all or any.
      return parts.length === 0 ? YES : anyOf(parts);
    }
    if ('all' in value) return allOf(all(value.all, 'all'));
    if ('not' in value) return notCode(this.#condition(value.not, `${pointer}/not`, depth + 1));
    if ('condition' in value) return this.#named(String(value.condition), pointer, depth);
    return this.#test(value, pointer);
  }

  /** A named condition: a feature, written once. */
  #named(name: string, pointer: string, depth: number): Code {
    const known = this.#features.get(name);
    if (known !== undefined) return atom(known);
    const condition = this.#conditions.get(name);
    if (condition === undefined) {
      if (this.#settings.allowUndefinedConditions === true) return NO;
      throw refused(`${pointer}/condition`, `there is no condition \`${name}\``, 'add it to `conditions`');
    }
    if (this.#open.has(name)) throw refused(`${pointer}/condition`, `the condition \`${name}\` needs itself`);
    this.#open.add(name);
    const code = this.#condition(condition.value, condition.pointer, depth + 1);
    this.#open.delete(name);
    const feature = this.#namer.name(name);
    this.#written.push({ name: feature, ...(name === feature ? {} : { description: name }), value: code.text });
    this.#features.set(name, feature);
    return atom(feature);
  }

  #test(value: JsonObject, pointer: string): Code {
    for (const key of ['fact', 'operator', 'value'] as const)
      if (!Object.hasOwn(value, key))
        throw refused(pointer, `the condition has no \`${key}\``, 'a condition has fact, operator and value');
    const { operator } = value;
    if (typeof operator !== 'string') throw refused(`${pointer}/operator`, 'an operator is a text');
    const left = this.#operand(value, pointer);
    const right: Operand = isReference(value.value)
      ? { kind: 'fact', fact: this.#operand(value.value, `${pointer}/value`) }
      : { kind: 'constant', value: value.value };
    try {
      return conditionOf(operator, left, right);
    } catch (error) {
      if (error instanceof ConditionRefusal) throw new Refused(pointer, error);
      throw error;
    }
  }

  #operand(value: JsonObject, pointer: string): NonNullable<ReturnType<Facts['at']>> {
    if (value.params !== undefined)
      this.bag.warning(
        'V7001',
        this.document.spanOf(`${pointer}/params`),
        'params reach only facts that are functions; here a field of the payload is read',
        'give the payload what the function would return',
      );
    const path = this.#pathOf(value);
    if (path === undefined) {
      const place = typeof value.fact === 'string' ? `${pointer}/path` : `${pointer}/fact`;
      throw new Refused(
        place,
        new ConditionRefusal('a path of more than names of fields has no counterpart', 'write it as in `$.card.limit`'),
      );
    }
    const fact = this.#facts.at(path);
    if (fact !== undefined) return fact;
    const advice = 'give payloads that have it';
    throw new Refused(`${pointer}/fact`, new ConditionRefusal(`nothing says of what type \`${path.join('.')}\` is`, advice));
  }
}

/** A refusal with its place. */
class Refused extends Error {
  constructor(
    readonly pointer: string,
    readonly refusal: ConditionRefusal,
  ) {
    super(refusal.message);
  }
}

function refused(pointer: string, message: string, advice?: string): Refused {
  return new Refused(pointer, new ConditionRefusal(message, advice, true));
}

/** `{ "fact": name }` in the place of a value. */
function isReference(value: unknown): value is JsonObject {
  return isRecord(value) && Object.hasOwn(value, 'fact');
}
