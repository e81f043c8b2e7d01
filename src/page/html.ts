// HTML that cannot be broken out of: whatever is put into a template is text, unless it has been made by one.

/** Markup that a template of this module has made. */
export class Html {
  constructor(readonly text: string) {}
}

/** `false` and `undefined` are nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/**
 * Characters that are not seen, or that change how others are: a rule must not look like another one. Controls, directions of
 * writing, joints of no width, halves of surrogate pairs.
 */
const UNSEEN = new RegExp(
  [
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e]',
    '[\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]',
    '[\\ud800-\\udbff](?![\\udc00-\\udfff])',
    '(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  ].join('|'),
  'g',
);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text for HTML, in an element or in a quoted attribute; characters that are not seen are named: `[U+202E]`. */
export function escapeHtml(text: string): string {
  return text
    .replace(UNSEEN, (character) => (character === '\r' ? '' : `[U+${codeOf(character)}]`))
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/** Template of markup. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] as string;
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] as string);
  return new Html(text);
}

/** The content with nothing in it that leads elsewhere. */
export function withoutLinks(content: Content): Html {
  // No text and no attribute has a sign of markup of its own.
  return new Html(render(content).replace(/<\/?a\b[^>]*>/g, ''));
}

/** Contents with something between them. */
export function join(contents: readonly Content[], between: Content): Html {
  return new Html(contents.map(render).join(render(between)));
}

function render(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === false || content === undefined) return '';
  if (typeof content === 'object') return content.map(render).join('');
  return escapeHtml(String(content));
}
