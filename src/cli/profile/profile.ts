// Where the time of a decision goes: by stage, by feature, table, scorecard and output, and by rule.
//
// Nothing is measured inside the engine. Images of parts of the bundle (src/compiler/partial.ts) decide the same payloads in turns;
// what a part takes is the difference of its image and one without it, round by round, of which the median is told with its
// interval of 95 %. So a rule's time is what it takes alone: beside others it may be less (what they share) or more (what they
// push out of caches).

import type { PartialBundle } from '../../compiler/partial.js';
import type { RuleSet } from '../../ruleset.js';
import { BLOCK_COUNT, type Contestant, type Placed, type RunMode, Runner, runRounds } from './runner.js';
import { differenceOf, type Measured, medianOf } from './statistics.js';

export interface ProfileStage extends Measured {
  /**
   * `call`: the call and the copies of payload and decision; `payload`: verifying it and loading its fields; `features`: features,
   * tables, scorecards and outputs; `rules`: conditions and hits; `reasons`: what the reasons add; `decision`: writing one without them.
   * Generated code does nothing but decide: with it `base` stands for `payload` and `decision`.
   */
  stage: 'call' | 'payload' | 'base' | 'features' | 'rules' | 'reasons' | 'decision';
}

export interface ProfileStep extends Measured {
  name: string;
}

export interface ProfileRule {
  id: string;
  /** Alone; null for a row of a table or an attribute of a scorecard, whose time is its table's. */
  time: Measured | null;
  /** Rules that were measured together: `time` is their mean. */
  together: number;
  /** Payloads that it hit, of `hitPayloads`. */
  hits: number;
}

export interface Profile {
  /** What decides: generated code, or the VM. */
  by: 'code' | 'vm';
  /** Why it is the VM; null where it is code. */
  withoutCode: string | null;
  /** Payloads that were timed, and those whose hits were counted. */
  payloads: number;
  hitPayloads: number;
  /** One payload a call, all stages. */
  total: Measured;
  stages: ProfileStage[];
  /** In the program's order. */
  steps: ProfileStep[];
  /** In the order written, then rows and attributes. */
  rules: ProfileRule[];
}

export interface ProfileOptions {
  now: bigint;
  /** How long each panel of images is measured. */
  seconds: number;
  /** Told how much is done. */
  progress: (done: number, total: number) => void;
}

/** Images that run in turns. */
const PANEL_COUNT = 24;
/** Rules up to which each is measured by itself at once. */
const SINGLE_RULES_MAX = 96;
/** Groups that more rules are measured in, and rules of the dearest groups that are then measured by themselves. */
const GROUPS = 48;
const REFINED_RULES = 48;
/** Reasons that one decision holds: see REASONS_MAX of assembly/shared/limits.ts. */
const COUNTED_TOGETHER = 64;
/** Decisions that counting hits may take. */
const COUNT_DECISIONS_MAX = 1_000_000;

/** Profiles a rule set over payloads, at least BLOCK_COUNT of them. Rejects with Problem OUT_OF_MEMORY. */
export async function profile(
  ruleSet: RuleSet,
  bundle: PartialBundle,
  payloads: readonly Uint8Array[],
  options: ProfileOptions,
): Promise<Profile> {
  await ruleSet.warmUp();
  const runner = new Runner(ruleSet.live, payloads, options.now);
  try {
    return await new Profiling(ruleSet, bundle, payloads, runner, options).all();
  } finally {
    runner.close();
  }
}

/** Rules that are measured as one. */
interface Group {
  rules: readonly number[];
  time?: Measured;
}

class Profiling {
  private done = 0;

  constructor(
    private readonly ruleSet: RuleSet,
    private readonly bundle: PartialBundle,
    private readonly payloads: readonly Uint8Array[],
    private readonly runner: Runner,
    private readonly options: ProfileOptions,
  ) {}

  async all(): Promise<Profile> {
    const { bundle, runner } = this;
    const { code, withoutCode = null } = this.ruleSet.live;
    const { total, stages } = await this.stages();
    const steps = await this.steps();
    const times = await this.ruleTimes();
    const { hits, hitPayloads } = await this.countHits();
    const rules = bundle.hits.map((id, index): ProfileRule => {
      const group = times.get(index);
      return { id, time: group?.time ?? null, together: group?.rules.length ?? 1, hits: hits.get(id) ?? 0 };
    });
    const by = code === undefined ? 'vm' : 'code';
    return { by, withoutCode, payloads: runner.count, hitPayloads, total, stages, steps, rules };
  }

  private stages(): Promise<{ total: Measured; stages: ProfileStage[] }> {
    const { bundle, ruleSet, payloads, options } = this;
    const none = { rules: [], steps: [] } as const;
    const images = [
      bundle.make(none),
      bundle.make({ rules: [], steps: 'all' }),
      bundle.make({ rules: 'all', steps: 'all', reasons: [] }),
      bundle.make({ rules: 'all', steps: 'all' }),
      bundle.make({ ...none, withoutDecision: true }),
    ];
    return this.place(images, async (placed) => {
      const [base, features, silent, whole, evaluated] = placed as [Placed, Placed, Placed, Placed, Placed];
      const at = { now: options.now };
      const single = (first: number): number => {
        const start = process.hrtime.bigint();
        for (let i = first; i < first + BLOCK_COUNT; i++) ruleSet.decideBytes(payloads[i] as Uint8Array, at);
        return Number(process.hrtime.bigint() - start) / BLOCK_COUNT;
      };
      const [b, f, s, w, b1, e1, call] = (await this.run([
        this.contestant(base, 'batch'),
        this.contestant(features, 'batch'),
        this.contestant(silent, 'batch'),
        this.contestant(whole, 'batch'),
        this.contestant(base, 'single'),
        this.contestant(evaluated, 'evaluate'),
        { time: single },
      ])) as [number[], number[], number[], number[], number[], number[], number[]];
      // What a decision takes is told by two images that both run one payload a call; what is left of the base is the payload's.
      const decision = b1.map((ns, round) => ns - (e1[round] as number));
      const inVm = base.code === undefined;
      const stages: ProfileStage[] = [
        { stage: 'call', ...differenceOf(call, w) },
        inVm ? { stage: 'payload', ...differenceOf(b, decision) } : { stage: 'base', ...medianOf(b) },
        { stage: 'features', ...differenceOf(f, b) },
        { stage: 'rules', ...differenceOf(s, f) },
        { stage: 'reasons', ...differenceOf(w, s) },
        ...(inVm ? [{ stage: 'decision', ...medianOf(decision) } as const] : []),
      ];
      return { total: medianOf(call), stages };
    });
  }

  private async steps(): Promise<ProfileStep[]> {
    const steps: ProfileStep[] = [];
    for (let first = 0; first < this.bundle.steps.length; first += PANEL_COUNT) {
      const names = this.bundle.steps.slice(first, first + PANEL_COUNT);
      const pairs = names.map((name) => {
        const readsOf = { rules: [], steps: [name] };
        return [
          { rules: [], steps: [name], readsOf },
          { rules: [], steps: [], readsOf },
        ] as const;
      });
      const times = await this.comparePairs(pairs);
      for (const [index, name] of names.entries()) steps.push({ name, ...(times[index] as Measured) });
    }
    return steps;
  }

  /** The group that each rule with a condition was measured in, by its index. */
  private async ruleTimes(): Promise<Map<number, Group>> {
    const indices = this.bundle.rules.map(({ index }) => index);
    const isFew = indices.length <= SINGLE_RULES_MAX;
    const size = isFew ? 1 : Math.ceil(indices.length / GROUPS);
    const groups: Group[] = [];
    for (let first = 0; first < indices.length; first += size) groups.push({ rules: indices.slice(first, first + size) });
    await this.measureGroups(groups);
    const result = new Map(groups.flatMap((group) => group.rules.map((index) => [index, group] as const)));
    if (isFew) return result;
    const refined: Group[] = [];
    for (const { rules } of groups.toSorted((a, b) => (b.time?.ns ?? 0) - (a.time?.ns ?? 0))) {
      if (refined.length >= REFINED_RULES) break;
      refined.push(...rules.slice(0, REFINED_RULES - refined.length).map((index) => ({ rules: [index] })));
    }
    await this.measureGroups(refined);
    for (const group of refined) result.set(group.rules[0] as number, group);
    return result;
  }

  private async measureGroups(groups: readonly Group[]): Promise<void> {
    for (let first = 0; first < groups.length; first += PANEL_COUNT) {
      const panel = groups.slice(first, first + PANEL_COUNT);
      const pairs = panel.map(({ rules }) => {
        const readsOf = { rules, steps: [] };
        return [
          { rules, steps: [], readsOf },
          { rules: [], steps: [], readsOf },
        ] as const;
      });
      const times = await this.comparePairs(pairs);
      for (const [index, group] of panel.entries()) {
        const { ns, low, high } = times[index] as Measured;
        const { length } = group.rules;
        group.time = { ns: ns / length, low: low / length, high: high / length };
      }
    }
  }

  /** What the first of each pair takes more than the second. Second ones that are equal bytes are one image. */
  private comparePairs(
    pairs: readonly (readonly [Parameters<PartialBundle['make']>[0], Parameters<PartialBundle['make']>[0]])[],
  ): Promise<Measured[]> {
    const bases = new Map<string, number>();
    const images = pairs.map(([part]) => this.bundle.make(part));
    const baseOf = pairs.map(([, part]) => {
      const base = this.bundle.make(part);
      const key = Buffer.from(base.image).toString('latin1');
      const known = bases.get(key) ?? images.push(base) - 1;
      bases.set(key, known);
      return known;
    });
    return this.place(images, async (placed) => {
      const rounds = await this.run(placed.map((one) => this.contestant(one, 'batch')));
      return baseOf.map((base, index) => differenceOf(rounds[index] as number[], rounds[base] as number[]));
    });
  }

  /** How often each rule, row and attribute hits. Images of the whole bundle in which some of them give reasons, and no others. */
  private async countHits(): Promise<{ hits: Map<string, number>; hitPayloads: number }> {
    const { bundle, runner } = this;
    const all = bundle.hits.map((_, index) => index);
    const together = bundle.first ? all.length : COUNTED_TOGETHER;
    const images = Math.max(1, Math.ceil(all.length / together));
    const blocks = Math.min(runner.count / BLOCK_COUNT, Math.max(1, Math.floor(COUNT_DECISIONS_MAX / images / BLOCK_COUNT)));
    const hitPayloads = blocks * BLOCK_COUNT;
    const hits = new Map<string, number>();
    for (let first = 0; first < all.length; first += together) {
      const image = bundle.make({ rules: 'all', steps: 'all', reasons: all.slice(first, first + together) });
      await this.place([image], async ([placed]) => {
        runner.decideAll(placed as Placed, hitPayloads, ({ reasons }) => {
          for (const { rule } of reasons) hits.set(rule, (hits.get(rule) ?? 0) + 1);
        });
      });
    }
    return { hits, hitPayloads };
  }

  private contestant(placed: Placed, mode: RunMode): Contestant {
    return { time: (first) => this.runner.time(placed, mode, first) };
  }

  private async run(contestants: readonly Contestant[]): Promise<number[][]> {
    const rounds = (await runRounds(contestants, this.runner.count, this.options.seconds)) as number[][];
    this.options.progress(++this.done, this.panels);
    return rounds;
  }

  /** Panels in all: stages, steps, rules, refined rules. */
  private get panels(): number {
    const rules = this.bundle.rules.length;
    const groups = rules <= SINGLE_RULES_MAX ? rules : GROUPS + REFINED_RULES;
    return 1 + Math.ceil(this.bundle.steps.length / PANEL_COUNT) + Math.ceil(groups / PANEL_COUNT);
  }

  private async place<T>(
    images: readonly ReturnType<PartialBundle['make']>[],
    use: (placed: readonly Placed[]) => Promise<T>,
  ): Promise<T> {
    const withCode = this.ruleSet.live.code !== undefined;
    const placed: Placed[] = [];
    try {
      for (const image of images) placed.push(await this.runner.place(image, withCode));
      return await use(placed);
    } finally {
      for (const one of placed) this.runner.free(one);
    }
  }
}
