// The input.yaml that a command goes by: the bundle's own, or the file given with --map.

import { readDocument } from '../bundle/document.js';
import type { BundleFiles } from '../bundle/files.js';
import { checkInputMap, type InputMap, readInputMap } from '../bundle/input-map.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { renderDiagnostic } from '../diagnostic/render.js';
import type { Model } from '../schema/model.js';
import { readGivenFile } from './bundle-dir.js';
import { UsageError } from './errors.js';

const INPUT_FILES = ['input.yaml', 'input.yml', 'input.json'];

/**
 * Reads the input map.
 * @param files of the bundle; none where an image was opened
 * @param mapPath file that goes before the bundle's own
 * @throws UsageError where it does not fit its schema or the model, with the diagnostics
 */
export function loadInputMap(files: BundleFiles | undefined, mapPath: string | undefined, model: Model): InputMap | undefined {
  const own = INPUT_FILES.find((path) => files?.has(path));
  const file = mapPath ?? own;
  if (file === undefined) return undefined;
  const bytes = mapPath === undefined ? files?.get(file) : readGivenFile(mapPath);
  if (bytes === undefined) return undefined;
  const bag = new DiagnosticBag();
  const document = readDocument(file, bytes, bag);
  const map = document === undefined ? undefined : readInputMap(document, bag);
  if (map !== undefined) checkInputMap(map, model, bag);
  if (map !== undefined && !bag.hasErrors) return map;
  const shown = bag.items.map((diagnostic) => renderDiagnostic(diagnostic, new Map([[file, bytes]])));
  throw new UsageError(`${file} cannot be used\n\n${shown.join('\n\n')}`);
}
