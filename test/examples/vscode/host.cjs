// Stands for the process in which an editor runs extensions: loads one, activates it, tells what it does as lines of JSON, and
// deactivates it when its input ends. Its one argument is JSON: { extension, settings, folders, open }.

const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { vscodeApi } = require('./api.cjs');

const { extension, ...world } = JSON.parse(process.argv[2]);
const { main, engines } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const vscode = vscodeApi({ ...world, version: engines.vscode.replace('^', '') }, tell);

const load = Module._load;
const CLIENT = 'vscode-languageclient/node';
Module._load = (request, parent, isMain) => {
  if (request === 'vscode') return vscode;
  if (request !== CLIENT) return load(request, parent, isMain);
  try {
    const real = load(request, parent, isMain);
    tell({ client: 'installed' });
    return real;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    tell({ client: 'ours' });
    return load(join(__dirname, 'language-client.cjs'), parent, isMain);
  }
};

async function run() {
  const { activate, deactivate } = require(join(extension, main));
  await activate({ subscriptions: [] });
  tell({ active: true });
  process.stdin.resume().once('end', async () => {
    await deactivate();
    tell({ active: false });
  });
}

run().catch((error) => {
  tell({ failed: error.stack });
  process.exitCode = 1;
});
