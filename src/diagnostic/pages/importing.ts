// V70xx: importing rules of another engine.

import type { Pages } from './page.js';

/** Spans are in the source that is imported. */
export const IMPORT_PAGES: Pages = {
  V7001: {
    why: 'The source says something that a bundle has no place for, or that decides nothing, such as a remark about layout; all else is carried over.',
  },
  V7002: {
    why: 'An importer writes only what means the same. Where no expression of the language does, the part is left out and named, and so is all that reads it: a decision without it is better than one that differs unseen.',
  },
  V7003: {
    why: 'The format is told by what the file holds, by its extension, or by `--from`. A source that none of the readers takes for its own is not guessed at.',
  },
};
