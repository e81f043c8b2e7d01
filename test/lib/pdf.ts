// Texts and filled boxes of a PDF that Chromium has printed, with the places where they stand. It reads what Chromium writes, and
// no more of PDF: objects in the clear, deflated streams, fonts with a map to Unicode.

import { inflateSync } from 'node:zlib';

export interface PdfText {
  text: string;
  /** Left end of the base line, in points from the left and from the top of the page. */
  x: number;
  y: number;
}

export interface PdfBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface PdfPage {
  width: number;
  height: number;
  texts: PdfText[];
  /** Filled boxes: backgrounds and lines of tables. */
  boxes: PdfBox[];
}

type Matrix = [number, number, number, number, number, number];

/** The pages of a document, in order. */
export function readPdf(bytes: Uint8Array): PdfPage[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const objects = new Map<number, string>();
  for (const match of file.matchAll(/(?:^|\n)(\d+) 0 obj\b([\s\S]*?)\nendobj/g)) objects.set(Number(match[1]), match[2]!);
  const object = (number: string | undefined): string => objects.get(Number(number)) ?? '';
  const fonts = new Map<string, Map<number, string>>();
  const fontOf = (number: string): Map<number, string> => {
    let font = fonts.get(number);
    if (font === undefined) {
      font = readMap(streamOf(object(/\/ToUnicode (\d+)/.exec(object(number))?.[1])));
      fonts.set(number, font);
    }
    return font;
  };
  return pageNumbers(objects).map((number) => {
    const page = objects.get(number)!;
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(page)!.map(Number);
    const named = [...(/\/Font <<([^>]*)>>/.exec(page)?.[1]?.matchAll(/\/(F\d+) (\d+) 0 R/g) ?? [])];
    const own = new Map(named.map((match) => [match[1]!, fontOf(match[2]!)]));
    const read: PdfPage = { width: width!, height: height!, texts: [], boxes: [] };
    readContent(streamOf(object(/\/Contents (\d+)/.exec(page)![1])), own, read);
    return read;
  });
}

/** Numbers of the pages, in the order of the tree. */
function pageNumbers(objects: ReadonlyMap<number, string>): number[] {
  const root = [...objects].find(([, text]) => /\/Type \/Pages\b/.test(text) && !/\/Parent/.test(text));
  const visit = (number: number): number[] => {
    const text = objects.get(number)!;
    const kids = /\/Kids \[([^\]]*)\]/.exec(text)?.[1];
    return kids === undefined ? [number] : [...kids.matchAll(/(\d+) 0 R/g)].flatMap((match) => visit(Number(match[1])));
  };
  return visit(root![0]);
}

function streamOf(object: string): string {
  const start = /stream\r?\n/.exec(object)!;
  const length = Number(/\/Length (\d+)/.exec(object)![1]);
  const from = start.index + start[0].length;
  const bytes = Buffer.from(object.slice(from, from + length), 'latin1');
  return (/\/FlateDecode/.test(object.slice(0, start.index)) ? inflateSync(bytes) : bytes).toString('latin1');
}

/** Glyphs to text. */
function readMap(map: string): Map<number, string> {
  const glyphs = new Map<number, string>();
  const text = (hex: string): string => String.fromCharCode(...hex.match(/..../g)!.map((unit) => Number.parseInt(unit, 16)));
  for (const [, block] of map.matchAll(/beginbfchar\n([\s\S]*?)endbfchar/g))
    for (const [, glyph, hex] of block!.matchAll(/<(\w+)> <(\w+)>/g)) glyphs.set(Number.parseInt(glyph!, 16), text(hex!));
  for (const [, block] of map.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g)) {
    for (const [, first, last, hex] of block!.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const from = Number.parseInt(first!, 16);
      for (let glyph = from; glyph <= Number.parseInt(last!, 16); glyph++)
        glyphs.set(glyph, String.fromCharCode(Number.parseInt(hex!, 16) + glyph - from));
    }
  }
  return glyphs;
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return [
    a[0] * b[0] + a[1] * b[2],
    a[0] * b[1] + a[1] * b[3],
    a[2] * b[0] + a[3] * b[2],
    a[2] * b[1] + a[3] * b[3],
    a[4] * b[0] + a[5] * b[2] + b[4],
    a[4] * b[1] + a[5] * b[3] + b[5],
  ];
}

function readContent(content: string, fonts: ReadonlyMap<string, Map<number, string>>, page: PdfPage): void {
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  let line: Matrix = [1, 0, 0, 1, 0, 0];
  let font: ReadonlyMap<number, string> = new Map();
  let box: PdfBox | undefined;
  const saved: Matrix[] = [];
  const numbers: number[] = [];
  let glyphs = '';
  let name = '';
  const place = (m: Matrix, x: number, y: number): { x: number; y: number } => ({
    x: m[0] * x + m[2] * y + m[4],
    y: page.height - (m[1] * x + m[3] * y + m[5]),
  });
  // What stands in one line goes on in the text before it: `Td` moves to each of its letters.
  let run: PdfText | undefined;
  const show = (): void => {
    const text = (glyphs.match(/..../g) ?? []).map((glyph) => font.get(Number.parseInt(glyph, 16)) ?? '\ufffd').join('');
    if (run === undefined) {
      run = { text: '', ...place(multiply(line, matrix), 0, 0) };
      page.texts.push(run);
    }
    run.text += text;
  };
  const operators: Readonly<Record<string, () => void>> = {
    q: () => saved.push(matrix),
    Q: () => {
      matrix = saved.pop() ?? matrix;
    },
    cm: () => {
      matrix = multiply(numbers.slice(-6) as Matrix, matrix);
    },
    Tf: () => {
      font = fonts.get(name) ?? new Map();
    },
    Tm: () => {
      line = numbers.slice(-6) as Matrix;
      run = undefined;
    },
    Td: () => {
      if (numbers.at(-1) !== 0) throw new Error('a text of several lines');
    },
    Tj: show,
    TJ: show,
    re: () => {
      const [x, y, width, height] = numbers.slice(-4) as [number, number, number, number];
      const [a, b] = [place(matrix, x, y), place(matrix, x + width, y + height)];
      box = { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y) };
    },
    f: () => {
      if (box !== undefined) page.boxes.push(box);
      box = undefined;
    },
  };
  for (const [token, hex, number, label, operator] of content.matchAll(
    /<([\dA-F]+)>|(-?(?:\d+\.?\d*|\.\d+))|\/(\w+)|([A-Za-z*]+)|\S/g,
  )) {
    if (hex !== undefined) glyphs += hex;
    else if (number !== undefined) numbers.push(Number(number));
    else if (label !== undefined) name = label;
    else if (operator !== undefined) {
      operators[operator]?.();
      if (operator === 'n') box = undefined;
      numbers.length = 0;
      glyphs = '';
    } else if (token.startsWith('(')) glyphs = '';
  }
}
