// The parameters of tenants: from values that somebody sets to the versions that live images are bound to. A new version is checked
// against every bundle that declares the set -> bound for every image that reads it, aside, and verified -> made durable -> swapped
// in, all images in one turn of the event loop. A request that has begun keeps the values it began with.

import { createHash } from 'node:crypto';
import { type Members, type ParameterContent, readParameter } from '../bundle/parameter-value.js';
import type { Clock } from '../clock.js';
import { membersOf } from '../compiler/parameters.js';
import { LIST_NAME_PATTERN } from '../config.js';
import { type PayloadError, Problem } from '../errors.js';
import type { ManifestHead, ManifestParameter, ManifestParameters, ParameterValue } from '../image/manifest.js';
import type { ParameterBinding } from '../image/parameter-block.js';
import type { Model } from '../schema/model.js';
import { formatTimestamp } from '../schema/time.js';
import type { Bindings } from './bindings.js';
import type { LiveImage } from './live-image.js';
import type { ParameterEvent, ParameterStore, ParameterValues, ParameterVersion } from './parameter-store.js';
import type { Tenant } from './tenant.js';

/** Values to set, by name: as JSON has them, or texts as a file would. `null` takes a value back to its default. */
export type GivenValues = Readonly<Record<string, unknown>>;

/** A parameter as a live bundle declares it, with what holds now. */
export interface ParameterInfo extends Omit<ManifestParameter, 'isRead'> {
  value: ParameterValue;
  isSet: boolean;
}

/** The current version of a set of parameters of a tenant. */
export interface ParametersInfo {
  name: string;
  /** 16 hex digits, of the values that are set. */
  version: string;
  /** When it was put, RFC 3339; absent where no value has ever been set. */
  at?: string;
  /** Values that are set; the others have their defaults. */
  values: ParameterValues;
  /** Live bundles that declare the set. */
  bundles: { name: string; version: string; values: ParameterInfo[] }[];
}

export interface PutParametersResult {
  name: string;
  version: string;
  at: string;
  values: ParameterValues;
  /** False where this version was current before. */
  created: boolean;
}

/** What a bundle says of a set. */
interface Declaration {
  bundle: string;
  set: ManifestParameters;
  model: Model;
}

export interface ParametersOptions {
  store: ParameterStore | undefined;
  clock: Clock;
}

/** The version of a set of which no value has been set. */
export const NOTHING_SET: ParameterVersion = { version: versionOf({}), values: {} };

export class Parameters {
  /** Without a store: what it would remember, by `tenant/set`. */
  private readonly unstored = new Map<string, { events: ParameterEvent[]; values: Map<string, ParameterValues> }>();

  constructor(private readonly options: ParametersOptions) {}

  /**
   * Sets values: all of a set, so that the others have their defaults, or (`merge`) those that are given. One at a time a tenant,
   * and none while it publishes. Throws Problem PARAMETERS_NOT_FOUND, INVALID_PARAMETERS, OUT_OF_MEMORY.
   */
  async put(tenant: Tenant, name: string, given: GivenValues, merge: boolean): Promise<PutParametersResult> {
    const declarations = declarationsOf(tenant, name);
    // What is damaged can be cleared by putting no values, although nothing that declares it is live.
    if (declarations.length === 0 && !tenant.damagedParameters.has(name)) throw notDeclared(tenant.name, name);
    const before = tenant.parameters.get(name);
    const kept = Object.entries(merge ? (before?.values ?? {}) : {}).filter(
      ([each]) => !Object.hasOwn(given, each) && declarations.some(({ set }) => declared(set, each) !== undefined),
    );
    const wanted = Object.entries(given).filter(([, value]) => value !== null || !merge);
    return this.replace(tenant, name, checkedValues(declarations, [...kept, ...wanted], Object.keys(given)));
  }

  /**
   * Makes an earlier version current again: the one given, else the one that was current before.
   * Throws Problem PARAMETERS_NOT_FOUND where it is not kept, INVALID_PARAMETERS where it does not fit what is declared now.
   */
  async rollback(tenant: Tenant, name: string, version: string | undefined): Promise<PutParametersResult> {
    const declarations = declarationsOf(tenant, name);
    if (declarations.length === 0) throw notDeclared(tenant.name, name);
    const events = await this.history(tenant.name, name);
    const current = tenant.parameters.get(name)?.version ?? NOTHING_SET.version;
    const target = version ?? events.findLast((event) => event.version !== current)?.version ?? NOTHING_SET.version;
    const values = target === NOTHING_SET.version ? {} : await this.valuesOf(tenant.name, name, target);
    if (values === undefined || (version === undefined && target === current)) {
      const what = version === undefined ? 'has no earlier version' : `has no version ${version}`;
      throw new Problem('PARAMETERS_NOT_FOUND', `the set ${name} of tenant ${tenant.name} ${what}`);
    }
    return this.replace(tenant, name, checkedValues(declarations, Object.entries(values), []));
  }

  /** What has been current, the last one now. */
  async history(tenant: string, name: string): Promise<ParameterEvent[]> {
    const { store } = this.options;
    if (store !== undefined) return store.history(tenant, name);
    return this.unstored.get(`${tenant}/${name}`)?.events ?? [];
  }

  /** Sets that live bundles declare, or that have values, by name. */
  list(tenant: Tenant): ParametersInfo[] {
    const live = [...tenant.live.values()].filter(({ head }) => head.parameters.length > 0);
    const names = new Set([...live.flatMap(({ head }) => head.parameters.map(({ name }) => name)), ...tenant.parameters.keys()]);
    return [...names].sort().map((name) => {
      const current = tenant.parameters.get(name) ?? NOTHING_SET;
      const bundles = live.flatMap((image) => {
        const set = image.tenantSet(name);
        if (set === undefined) return [];
        return [{ name: image.name, version: image.version, values: set.values.map((each) => infoOf(each, current.values)) }];
      });
      const at = current.at === undefined ? {} : { at: current.at };
      return { name, version: current.version, ...at, values: current.values, bundles };
    });
  }

  private async replace(tenant: Tenant, name: string, values: ParameterValues): Promise<PutParametersResult> {
    const before = tenant.parameters.get(name);
    const version = versionOf(values);
    const isDamaged = tenant.damagedParameters.has(name);
    if (before?.version === version && before.at !== undefined && !isDamaged)
      return { name, version, at: before.at, values, created: false };
    const at = formatTimestamp(this.options.clock.nowMicros());
    const next: ParameterVersion = { version, at, values };
    const blocks = new Map<LiveImage, Bindings | undefined>();
    try {
      // Before it is durable: what comes after that must not fail.
      for (const reader of tenant.readers) {
        if (reader.tenantSet(name) !== undefined) blocks.set(reader, reader.prepare({ set: { name, version: next } }));
      }
      await this.commit(tenant.name, name, next, at);
    } catch (error) {
      for (const block of blocks.values()) block?.release();
      throw error;
    }
    tenant.parameters.set(name, next);
    tenant.damagedParameters.delete(name);
    for (const [reader, block] of blocks) reader.rebind(block);
    return { name, version, at, values, created: true };
  }

  private async commit(tenant: string, name: string, version: ParameterVersion, at: string): Promise<void> {
    const { store } = this.options;
    if (store !== undefined) return store.commit(tenant, name, version, at);
    const known = this.unstored.get(`${tenant}/${name}`) ?? {
      events: [] as ParameterEvent[],
      values: new Map<string, ParameterValues>(),
    };
    known.events.push({ version: version.version, at });
    known.values.set(version.version, version.values);
    this.unstored.set(`${tenant}/${name}`, known);
  }

  private async valuesOf(tenant: string, name: string, version: string): Promise<ParameterValues | undefined> {
    if (!/^[0-9a-f]{16}$/.test(version)) return undefined;
    const { store } = this.options;
    return store === undefined ? this.unstored.get(`${tenant}/${name}`)?.values.get(version) : store.values(tenant, name, version);
  }
}

/** The values of an image that is given them by whoever holds it. Throws Problem PARAMETERS_NOT_FOUND, INVALID_PARAMETERS. */
export function ownParameters(
  bundle: string,
  manifest: { parameters: readonly ManifestParameters[]; model: Model },
  given: Readonly<Record<string, GivenValues>>,
): Map<string, ParameterVersion> {
  const own = new Map<string, ParameterVersion>();
  for (const [name, values] of Object.entries(given)) {
    const set = manifest.parameters.find((each) => each.name === name);
    if (set === undefined) throw new Problem('PARAMETERS_NOT_FOUND', `${bundle} declares no set of parameters ${name}`);
    const checked = checkedValues([{ bundle, set, model: manifest.model }], Object.entries(values), Object.keys(values));
    own.set(name, { version: versionOf(checked), values: checked });
  }
  return own;
}

/** What holds for a parameter: what is set, else its default. Throws Problem PARAMETERS_MISMATCH. */
export function contentOf(
  { name: bundle, model }: Pick<ManifestHead, 'name' | 'model'>,
  set: string,
  parameter: ManifestParameter,
  { values }: ParameterVersion,
): ParameterContent {
  const { name } = parameter;
  const value = Object.hasOwn(values, name) ? values[name] : parameter.default;
  const reading = readParameter(parameter, value, enumMembers(parameter, model));
  if ('content' in reading) return reading.content;
  throw new Problem(
    'PARAMETERS_MISMATCH',
    `${set}.${name} does not fit what the bundle ${bundle} declares: ${reading.fault.message}`,
  );
}

/**
 * What an image that is decided elsewhere reads, in its order: values that are given, the others at their defaults.
 * Throws Problem PARAMETERS_NOT_FOUND, INVALID_PARAMETERS.
 */
export function bindParameters(manifest: ManifestHead, given: Readonly<Record<string, GivenValues>>): ParameterBinding[] {
  const sets = ownParameters(manifest.name, manifest, given);
  return manifest.parameters.flatMap(({ name, values }) => {
    const version = sets.get(name) ?? NOTHING_SET;
    const read = values.filter(({ isRead }) => isRead);
    return read.map((parameter) => ({ version: version.version, content: contentOf(manifest, name, parameter, version) }));
  });
}

/** Throws Problem INVALID_NAME. */
export function checkSetName(name: string): void {
  if (!LIST_NAME_PATTERN.test(name)) throw new Problem('INVALID_NAME', `${JSON.stringify(name)} is no name of a set of parameters`);
}

/** 16 hex digits of what the values are, whoever set them when. Their names are sorted. */
function versionOf(values: ParameterValues): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}

function notDeclared(tenant: string, name: string): Problem {
  return new Problem('PARAMETERS_NOT_FOUND', `no live bundle of tenant ${tenant} declares a set of parameters ${name}`);
}

function declared(set: ManifestParameters, name: string): ManifestParameter | undefined {
  return set.values.find((each) => each.name === name);
}

function infoOf({ isRead: _, ...parameter }: ManifestParameter, values: ParameterValues): ParameterInfo {
  const isSet = Object.hasOwn(values, parameter.name);
  return { ...parameter, value: isSet ? values[parameter.name]! : parameter.default, isSet };
}

/** What images say of a set of the tenant: those that are bound to it, and those that wait for something. */
function declarationsOf(tenant: Tenant, name: string): Declaration[] {
  const found: Declaration[] = [];
  for (const reader of tenant.readers) {
    const set = reader.tenantSet(name);
    if (set !== undefined) found.push({ bundle: reader.name, set, model: reader.model });
  }
  for (const { bundle, image } of tenant.waiting.values()) {
    const { head } = image;
    const set = head.parameters.find((each) => each.name === name);
    if (set !== undefined) found.push({ bundle, set, model: head.model });
  }
  return found;
}

/**
 * Values in their one form, by name, sorted: as the first bundle that declares one reads it, and so that all of them take it.
 * @param given names whose faults are the caller's
 */
function checkedValues(
  declarations: readonly Declaration[],
  values: readonly (readonly [string, unknown])[],
  given: readonly string[],
): ParameterValues {
  const errors: PayloadError[] = [];
  const checked: [string, ParameterValue][] = [];
  const names = new Set(declarations.flatMap(({ set }) => set.values.map(({ name }) => name)));
  for (const name of given) {
    if (names.has(name)) continue;
    const known = [...names].slice(0, 12).join(', ');
    errors.push({ pointer: `/${name}`, code: 'UNKNOWN_FIELD', message: `there is no parameter ${name}; there are ${known}` });
  }
  for (const [name, value] of values) {
    let form: ParameterValue | undefined;
    for (const { bundle, set, model } of declarations) {
      const parameter = declared(set, name);
      if (parameter === undefined) continue;
      const reading = readParameter(parameter, form ?? value, enumMembers(parameter, model));
      if ('fault' in reading) {
        const { code, message, advice } = reading.fault;
        errors.push({ pointer: `/${name}`, code, message: `${name} of bundle ${bundle}: ${message}; ${advice}` });
        break;
      }
      form ??= reading.value;
    }
    if (form !== undefined) checked.push([name, form]);
  }
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new Problem('INVALID_PARAMETERS', `${errors[0]!.message}${more}`, errors);
  }
  return Object.fromEntries(new Map(checked.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Members that a value of a parameter may name, where it is an enum. */
export function enumMembers({ type }: ManifestParameter, model: Model): Members | undefined {
  const path = /^enum\((.+)\)$/.exec(type)?.[1];
  return path === undefined ? undefined : membersOf(model, path);
}
