// Which files of tests share processes (vitest.config.ts).

/**
 * Folders of tests whose files run one after the other in the same two processes: to load vitest and what is tested for each file
 * anew took a fifth of their processor time. Such files leave nothing of the process changed (test/tidy.test.ts looks for it).
 */
export const SHARING_FOLDERS = [
  ...['assembly', 'bundle', 'codegen', 'compiler', 'conformance', 'diagnostic', 'editor', 'ensembles', 'export', 'format'],
  ...['image', 'import', 'observe', 'schema', 'stream', 'testing'],
].map((folder) => `test/${folder}`);

/** Files of those folders that replace modules, for which each has a process of its own. */
export const REPLACING = ['test/compiler/index-parts.test.ts'];
