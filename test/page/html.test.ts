import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, join } from '#src/page/html.js';
import { testSeed } from '../lib/model.js';

describe('html', () => {
  it('takes values for text', () => {
    expect(html`<b title="${'"><x'}">${'<i>'}${1}${undefined}${false}${['&', html`<u>${"'"}</u>`]}</b>`.text).toBe(
      '<b title="&quot;&gt;&lt;x">&lt;i&gt;1&amp;<u>&#39;</u></b>',
    );
    expect(join(['<', html`<i></i>`], ', ').text).toBe('&lt;, <i></i>');
  });

  it('names characters that are not seen', () => {
    expect(escapeHtml('a\u202eb\u200bc\u0000d\ud800e\ufefff\tg\r\nh')).toBe('a[U+202E]b[U+200B]c[U+0000]d[U+D800]e[U+FEFF]f\tg\nh');
    expect(escapeHtml('Grüße, 世界, 👍🏽')).toBe('Grüße, 世界, 👍🏽');
  });

  it('lets no text out of where it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(['\u0000', '\u202e', '\u200b'].filter((unseen) => escaped.includes(unseen))).toEqual([]);
      }),
      { seed: testSeed('html') },
    );
  });
});
