// What a page is made of.

import type { Bundle } from '../bundle/bundle.js';
import type { CostEntry } from '../compiler/cost-report.js';
import type { OpenQuestions } from '../compiler/open-questions.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Manifest } from '../image/manifest.js';
import type { TestRun } from '../testing/run-tests.js';
import type { Content } from './html.js';
import type { PageNames } from './names.js';

/** One version of a bundle. */
export interface PageVersion {
  bundle: Bundle;
  manifest: Manifest;
  /** 16 hex digits: the image's name in every decision. */
  image: string;
}

export interface PageSource extends PageVersion {
  /** Day of the page, as it is to be shown. */
  date: string;
  /** Of the bundle, which compiles: warnings. */
  diagnostics: readonly Diagnostic[];
  /** What proofs have not settled. */
  notProven: readonly OpenQuestions[];
  costs: readonly CostEntry[];
  /** The tests of the bundle, where they were run. */
  run?: TestRun;
  /** What the differences are told against. */
  against?: PageVersion;
}

/** What every section is given. */
export interface PageContext extends PageSource {
  names: PageNames;
  /** Who reads each path: anchors and names of rules, features, tables, scorecards, ensembles and outputs. */
  readers: ReadonlyMap<string, readonly Reader[]>;
}

export interface Reader {
  anchor: string;
  label: string;
}

/** A section of the page; undefined where the bundle has nothing of it. */
export interface PageSection {
  id: string;
  title: string;
  content: Content;
}
