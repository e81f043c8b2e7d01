// The engine with all planted defects in it (lib/defects.mjs), compiled from its sources: the one that is on is what the exported
// global says.

import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import asc from 'assemblyscript/asc';
import { DEFECTS, plantDefects, SWITCH } from './defects.mjs';

const root = new URL('../../../', import.meta.url);
const ENTRY = 'assembly/index.ts';
/** The file that holds the switch: there is none of that name. */
const SWITCH_FILE = 'assembly/fuzz-defect.ts';
// Optimised a little: it takes a fifth of the time, and traps where the engine that ships does.
const OPTIONS = ['--config', 'asconfig.json', '--target', 'release', '-O1', '--noConverge', '--outFile', 'planted.wasm'];

/** What the compiler sees of a file; null where there is none. */
function sourceOf(path: string): string | null {
  if (path === SWITCH_FILE) return `export let ${SWITCH}: i32 = 0;\n`;
  let text: string;
  try {
    text = readFileSync(new URL(path, root), 'utf8');
  } catch {
    return null;
  }
  if (path === ENTRY) return `${text}\nexport { ${SWITCH} } from './fuzz-defect';\n`;
  const planted = plantDefects(path, text);
  if (planted === text) return text;
  const folder = posix.relative(dirname(path), dirname(SWITCH_FILE));
  return `import { ${SWITCH} } from '${folder === '' ? '.' : folder}/fuzz-defect';\n${planted}`;
}

/** All files that defects are planted in, as they become: the engine is compiled anew where one of them changes. */
export function plantedSources(): string {
  return [...new Set(DEFECTS.map(({ file }) => file))]
    .filter((file) => file.startsWith('assembly/'))
    .map((file) => sourceOf(file))
    .join('');
}

/** Compiles it. @throws Error with what the compiler says */
export async function compilePlantedEngine(): Promise<Uint8Array> {
  let made: Uint8Array | undefined;
  const { error, stderr } = await asc.main([ENTRY, ...OPTIONS], {
    readFile: (name) => sourceOf(posix.normalize(name)),
    writeFile: (_name, contents) => {
      made = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || made === undefined) throw new Error(`the engine with defects does not compile\n${stderr.toString()}`);
  return made;
}
