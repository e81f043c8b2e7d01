// What every SVG of ours is made of: escaped text, and colours for a light and a dark page.

/** A text as it may stand in an element or a quoted attribute. Characters that XML has no place for become U+FFFD. */
export function escapeXml(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return allowed.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Head of a picture: its size, what it shows for those who do not see it, and colours that fit both kinds of page. */
export function svgHead(width: number, height: number, title: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
  svg { --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #ffffff; background: var(--page); }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .soft { fill: var(--soft); }
</style>
<rect width="${width}" height="${height}" fill="var(--page)"/>`;
}
