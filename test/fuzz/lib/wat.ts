// S-expressions of WebAssembly's text format: just enough to change a module that binaryen has printed.

/** A word or a string is itself. */
export type Node = string | Node[];

/** Reads one expression. @throws Error where the text ends early */
export function readWat(text: string): Node[] {
  const tokens = /\(;[\s\S]*?;\)|;;[^\n]*|[()]|"(?:[^"\\]|\\.)*"|[^\s()";]+/g;
  const stack: Node[][] = [[]];
  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith(';;') || token.startsWith('(;')) continue;
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const done = stack.pop()!;
      stack.at(-1)!.push(done);
    } else stack.at(-1)!.push(token);
  }
  if (stack.length !== 1) throw new Error('the text ends inside an expression');
  return stack[0]![0] as Node[];
}

export function printWat(node: Node): string {
  const parts: string[] = [];
  const print = (part: Node): void => {
    if (typeof part === 'string') {
      parts.push(part, ' ');
      return;
    }
    parts.push('(');
    for (const inner of part) print(inner);
    parts.push(')\n');
  };
  print(node);
  return parts.join('');
}
