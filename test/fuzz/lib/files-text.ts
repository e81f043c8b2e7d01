// Several documents in one text, so that an input of the fuzzer is one file: each after a line `=== path`.

const decoder = new TextDecoder();

export function joinFiles(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files].map(([path, bytes]) => `=== ${path}\n${decoder.decode(bytes).replace(/\n?$/, '\n')}`).join('');
}

export function splitFiles(data: Uint8Array): Map<string, Uint8Array> {
  // Bytes stay as they are, UTF-8 or not.
  const text = Buffer.from(data).toString('latin1');
  const files = new Map<string, Uint8Array>();
  for (const part of text.split(/^=== /m).slice(1)) {
    const end = part.indexOf('\n');
    const [path, content] = end < 0 ? [part, ''] : [part.slice(0, end), part.slice(end + 1)];
    files.set(decoder.decode(Buffer.from(path, 'latin1')), new Uint8Array(Buffer.from(content, 'latin1')));
  }
  return files;
}
