// XML as a tree with the places of its elements. Nothing outside of the text is ever read: a document type is refused outright, and
// with it entities of its own, external ones and those that grow.

import { SaxesParser } from 'saxes';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { ImportSource } from '../imported.js';

/** Elements inside one another. */
export const XML_DEPTH_MAX = 200;
/** UTF-16 code units of a document. */
export const XML_CHARS_MAX = 33_554_432;

export interface XmlElement {
  /** Name without its prefix. */
  readonly local: string;
  /** Namespace; empty where it has none. */
  readonly uri: string;
  /** By name, with prefix where one is written. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Own text, entities resolved, without that of children. */
  text: string;
  /** The tag that opens it: offsets in the source. */
  readonly start: number;
  readonly tagEnd: number;
  /** Where its content ends. */
  contentEnd: number;
}

/**
 * Reads a document.
 * @returns undefined where it is not well-formed, has a document type or is too large or deep (reported: V7201)
 */
export function readXml(source: ImportSource, bag: DiagnosticBag): XmlElement | undefined {
  const { name: file, text } = source;
  const fault = (at: number, message: string, advice: string): undefined => {
    const start = Math.max(0, Math.min(at, text.length));
    bag.error('V7201', { file, start, end: Math.min(start + 1, text.length) }, message, advice);
    return undefined;
  };
  if (text.length > XML_CHARS_MAX) {
    return fault(0, `the document has more than ${XML_CHARS_MAX} characters`, 'split the model');
  }
  const parser = new SaxesParser({ xmlns: true, position: true });
  let root: XmlElement | undefined;
  const open: XmlElement[] = [];
  let tagStart = 0;
  parser.on('error', (error) => {
    // the parser goes on behind an error; the first one is the true one
    throw new XmlFault(parser.position, error.message.replace(/^\S*?\d+:\d+: /, ''));
  });
  parser.on('doctype', () => {
    throw new XmlFault(Math.max(0, text.lastIndexOf('<!DOCTYPE', parser.position)), undefined);
  });
  parser.on('opentagstart', () => {
    tagStart = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => {
    if (open.length >= XML_DEPTH_MAX) throw new XmlFault(tagStart, `more than ${XML_DEPTH_MAX} elements stand inside one another`);
    const attributes = new Map(Object.values(tag.attributes).map((attribute) => [attribute.name, attribute.value]));
    const { local, uri } = tag;
    const tagEnd = parser.position;
    const element = { local, uri, attributes, children: [], text: '', start: tagStart, tagEnd, contentEnd: tagEnd };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    const element = open.pop()!;
    element.contentEnd = Math.max(element.tagEnd, text.lastIndexOf('</', parser.position - 1));
  });
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    if (error.detail !== undefined) return fault(error.at - 1, `this is not XML: ${error.detail}`, 'export the model again');
    return fault(error.at, 'the document has a document type', 'remove `<!DOCTYPE ...>`: DMN has none');
  }
  return root ?? fault(0, 'the document has no element', 'export the model again');
}

class XmlFault extends Error {
  constructor(
    readonly at: number,
    /** Undefined for a document type. */
    readonly detail: string | undefined,
  ) {
    super(detail);
  }
}

/** The tag of an element. */
export function tagSpan(element: XmlElement, file: string): Span {
  return { file, start: element.start, end: element.tagEnd };
}

/** Children of that name in the namespace of the element. */
export function childrenOf(element: XmlElement, local: string): XmlElement[] {
  return element.children.filter((child) => child.local === local && child.uri === element.uri);
}

/** The first child of that name. */
export function childOf(element: XmlElement, local: string): XmlElement | undefined {
  return element.children.find((child) => child.local === local && child.uri === element.uri);
}

/** What stands in the source of a text without being part of it. */
const SKIPPED = /<!\[CDATA\[|\]\]>|<!--[\s\S]*?-->/y;

/**
 * Maps places in an element's text to places in the source, through entities, CDATA and comments.
 * @param from, to offsets in `element.text`
 */
export function textSpan(element: XmlElement, source: ImportSource, from: number, to: number): Span {
  const { text } = source;
  let start = element.contentEnd;
  let end = element.contentEnd;
  let at = element.tagEnd;
  let decoded = 0;
  while (at < element.contentEnd) {
    SKIPPED.lastIndex = at;
    const skipped = SKIPPED.exec(text)?.[0].length ?? 0;
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const unit = /^(?:&[^;]{1,12};|\r\n)/.exec(text.slice(at, at + 14))?.[0] ?? text[at]!;
    if (decoded === from) start = at;
    decoded +=
      unit.startsWith('&#') && /^&#(?:x0*[1-9a-f][0-9a-f]{4,}|0*[1-9]\d{5,}|0*[7-9]\d{4}|0*6[6-9]\d{3});$/i.test(unit) ? 2 : 1;
    at += unit.length;
    if (decoded <= to) end = at;
  }
  if (end <= start) end = Math.min(start + 1, text.length);
  return { file: source.name, start: Math.min(start, end), end: Math.max(start, end) };
}
