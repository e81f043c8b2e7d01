// The pages of all codes.

import type { DiagnosticCode } from './codes.js';
import { DOCUMENT_PAGES } from './pages/documents.js';
import { ENSEMBLE_PAGES } from './pages/ensembles.js';
import { IMPORT_PAGES } from './pages/importing.js';
import { LIMIT_PAGES } from './pages/limits.js';
import { LIST_PAGES } from './pages/lists.js';
import { MODEL_PAGES } from './pages/model.js';
import { NAME_PAGES } from './pages/names.js';
import { OUTPUT_PAGES } from './pages/outputs.js';
import type { Page, Pages } from './pages/page.js';
import { PARAMETER_PAGES } from './pages/parameters.js';
import { RULE_PAGES } from './pages/rules.js';
import { SYNTAX_PAGES } from './pages/syntax.js';
import { TABLE_PAGES } from './pages/tables.js';
import { TYPE_PAGES } from './pages/types.js';

/** A test keeps it complete. */
export const DIAGNOSTIC_PAGES: Pages = {
  ...DOCUMENT_PAGES,
  ...MODEL_PAGES,
  ...SYNTAX_PAGES,
  ...NAME_PAGES,
  ...OUTPUT_PAGES,
  ...TYPE_PAGES,
  ...RULE_PAGES,
  ...TABLE_PAGES,
  ...LIST_PAGES,
  ...ENSEMBLE_PAGES,
  ...PARAMETER_PAGES,
  ...LIMIT_PAGES,
  ...IMPORT_PAGES,
};

/** The page of a code. */
export function pageOf(code: DiagnosticCode): Page | undefined {
  return DIAGNOSTIC_PAGES[code];
}
