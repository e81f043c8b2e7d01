// uPlot's own files, as its package has them: pages have them inside, and load nothing.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readText } from '../files.js';

/** Its script, which may stand in a page, and its style sheet. */
export function readPlot(): { plot: string; style: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot'));
  const plot = readText(join(folder, 'uPlot.iife.min.js'));
  return { plot: plot.replaceAll('</script', '<\\/script'), style: readText(join(folder, 'uPlot.min.css')) };
}
