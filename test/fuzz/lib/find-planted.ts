// Looks for what is planted: in each target the bug behind rare bytes (lib/planted.ts), and its defects (lib/defects.mjs).

import { DEFECTS } from './defects.mjs';
import { switchDefect } from './engine.js';
import { readInputs } from './files.js';
import { type Crash, Fuzzer } from './fuzzer.js';
import { plant } from './planted.js';
import type { Target } from './target.js';

export interface PlantedRun {
  seed: number;
  executionsMax: number;
  /** Begins with the target's seeds alone, without the corpus that is kept. */
  bare: boolean;
}

export interface Found {
  target: string;
  /** What was planted. */
  name: string;
  /** Executions until it was met, what is fed included; undefined where it was not. */
  executions: number | undefined;
  /** Whether one of the inputs that were fed met it, and no change was needed. */
  wasFed: boolean;
  seconds: number;
  crash: Crash | undefined;
}

/** Looks for the bug behind so many rare bytes. */
export async function findRareBytes(target: Target, bytes: number, run: PlantedRun): Promise<Found> {
  const found = await find(target, `${bytes} rare bytes`, run, (isOn) => plant(isOn ? bytes : 0));
  const isIt = found.crash?.error.name === 'PlantedBug';
  return isIt ? found : { ...found, executions: undefined };
}

/** Numbers and names of the defects of a target. */
export function defectsOf(target: string): { number: number; name: string }[] {
  return DEFECTS.flatMap((defect, index) => (defect.target === target ? [{ number: index + 1, name: defect.name }] : []));
}

/** Looks for a planted defect: an input that the target finds fault with while it is on, and nothing wrong with while it is off. */
export async function findDefect(target: Target, number: number, run: PlantedRun): Promise<Found> {
  return find(target, DEFECTS[number - 1]!.name, run, (isOn) => switchDefect(isOn ? number : 0));
}

async function find(target: Target, name: string, run: PlantedRun, turn: (isOn: boolean) => void): Promise<Found> {
  const start = performance.now();
  // Other things run beside it: how long an input takes says nothing here.
  const fuzzer = new Fuzzer(target, run.seed, Infinity);
  turn(true);
  await fuzzer.begin();
  if (!run.bare) await fuzzer.feed(readInputs('corpus', target.name));
  const wasFed = fuzzer.crashes.size > 0;
  await fuzzer.run({ executionsMax: run.executionsMax, stopsAtCrash: true });
  turn(false);
  target.forget?.();
  const [crash] = fuzzer.crashes.values();
  // What is wrong without it as well is a defect of its own.
  if (crash !== undefined) await target.fuzz(crash.data);
  const seconds = (performance.now() - start) / 1000;
  return { target: target.name, name, executions: crash?.executions, wasFed, seconds, crash };
}
