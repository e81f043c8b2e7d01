// Generates src/compiler/unicode/generated/tables.ts: case mappings, general categories and scripts, as the V8 that runs this has
// them. The output is committed, so that an image holds the same wherever it is compiled.
//
//   node src/dev/unicode-tables.mjs           writes
//   node src/dev/unicode-tables.mjs --check   fails where the committed file differs; on another version of Unicode it only says so

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = join(dirname(fileURLToPath(import.meta.url)), '../compiler/unicode/generated/tables.ts');
const POINTS = 0x110000;

/** Names and short names of general categories (PropertyValueAliases.txt, gc). */
const CATEGORIES = `
Cased_Letter LC Close_Punctuation Pe Connector_Punctuation Pc Control Cc cntrl Currency_Symbol Sc Dash_Punctuation Pd
Decimal_Number Nd digit Enclosing_Mark Me Final_Punctuation Pf Format Cf Initial_Punctuation Pi Letter L Letter_Number Nl
Line_Separator Zl Lowercase_Letter Ll Mark M Combining_Mark Math_Symbol Sm Modifier_Letter Lm Modifier_Symbol Sk
Nonspacing_Mark Mn Number N Open_Punctuation Ps Other C Other_Letter Lo Other_Number No Other_Punctuation Po Other_Symbol So
Paragraph_Separator Zp Private_Use Co Punctuation P punct Separator Z Space_Separator Zs Spacing_Mark Mc Surrogate Cs Symbol S
Titlecase_Letter Lt Unassigned Cn Uppercase_Letter Lu`;

/** Names and short names of scripts (PropertyValueAliases.txt, sc). Those that this V8 does not know are left out. */
const SCRIPTS = `
Adlam Adlm Aghb Ahom Anatolian_Hieroglyphs Arab Arabic Armenian Armi Armn Avestan Avst Bali Balinese Bamu Bamum Bass Bassa_Vah
Batak Batk Beng Bengali Berf Beria_Erfe Bhaiksuki Bhks Bopo Bopomofo Brah Brahmi Brai Braille Bugi Buginese Buhd Buhid Cakm
Canadian_Aboriginal Cans Cari Carian Caucasian_Albanian Chakma Cham Cher Cherokee Chorasmian Chrs Common Copt Coptic Cpmn Cprt
Cuneiform Cypriot Cypro_Minoan Cyrillic Cyrl Deseret Deva Devanagari Diak Dives_Akuru Dogr Dogra Dsrt Dupl Duployan Egyp
Egyptian_Hieroglyphs Elba Elbasan Elym Elymaic Ethi Ethiopic Gara Garay Geor Georgian Glag Glagolitic Gong Gonm Goth Gothic
Gran Grantha Greek Grek Gujarati Gujr Gukh Gunjala_Gondi Gurmukhi Guru Gurung_Khema Han Hang Hangul Hani Hanifi_Rohingya Hano
Hanunoo Hatr Hatran Hebr Hebrew Hira Hiragana Hluw Hmng Hmnp Hrkt Hung Imperial_Aramaic Inherited Inscriptional_Pahlavi
Inscriptional_Parthian Ital Java Javanese Kaithi Kali Kana Kannada Katakana Katakana_Or_Hiragana Kawi Kayah_Li Khar Kharoshthi
Khitan_Small_Script Khmer Khmr Khoj Khojki Khudawadi Kirat_Rai Kits Knda Krai Kthi Lana Lao Laoo Latin Latn Lepc Lepcha Limb
Limbu Lina Linb Linear_A Linear_B Lisu Lyci Lycian Lydi Lydian Mahajani Mahj Maka Makasar Malayalam Mand Mandaic Mani
Manichaean Marc Marchen Masaram_Gondi Medefaidrin Medf Meetei_Mayek Mend Mende_Kikakui Merc Mero Meroitic_Cursive
Meroitic_Hieroglyphs Miao Mlym Modi Mong Mongolian Mro Mroo Mtei Mult Multani Myanmar Mymr Nabataean Nag_Mundari Nagm Nand
Nandinagari Narb Nbat New_Tai_Lue Newa Nko Nkoo Nshu Nushu Nyiakeng_Puachue_Hmong Ogam Ogham Ol_Chiki Ol_Onal Olck
Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Onao
Oriya Orkh Orya Osage Osge Osma Osmanya Ougr Pahawh_Hmong Palm Palmyrene Pau_Cin_Hau Pauc Perm Phag Phags_Pa Phli Phlp Phnx
Phoenician Plrd Prti Psalter_Pahlavi Qaac Qaai Rejang Rjng Rohg Runic Runr Samaritan Samr Sarb Saur Saurashtra Sgnw Sharada
Shavian Shaw Shrd Sidd Siddham Sidetic Sidt SignWriting Sind Sinh Sinhala Sogd Sogdian Sogo Sora Sora_Sompeng Soyo Soyombo
Sund Sundanese Sunu Sunuwar Sylo Syloti_Nagri Syrc Syriac Tagalog Tagb Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takr Takri
Tale Talu Tamil Taml Tang Tangsa Tangut Tavt Tayo Telu Telugu Tfng Tglg Thaa Thaana Thai Tibetan Tibt Tifinagh Tirh Tirhuta
Tnsa Todhri Todr Tolong_Siki Tols Toto Tulu_Tigalari Tutg Ugar Ugaritic Unknown Vai Vaii Vith Vithkuqi Wancho Wara Warang_Citi
Wcho Xpeo Xsux Yezi Yezidi Yi Yiii Zanabazar_Square Zanb Zinh Zyyy Zzzz`;

const words = (text) => text.trim().split(/\s+/);
const stringOf = (point) => String.fromCodePoint(point);

/** Whole numbers from 0 as bytes of 7 bits, the lowest first, in base64. Read by src/compiler/unicode/unpack.ts. */
function pack(numbers) {
  const bytes = [];
  for (const number of numbers) {
    let rest = number;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('base64');
}

/** -1, 1, -2, 2 ... as 1, 2, 3, 4 ... */
const unsigned = (number) => (number < 0 ? -2 * number - 1 : 2 * number);

/** All code points in order, in parts of one number of code units each. Halves stand alone, or two would make a pair. */
const parts = [
  [0, 0xd800],
  ...Array.from({ length: 0x800 }, (_, half) => [0xd800 + half, 0xd801 + half]),
  [0xe000, 0x10000],
  [0x10000, POINTS],
];
const textOf = ([start, end]) => Array.from({ length: end - start }, (_, index) => stringOf(start + index)).join('');
const planes = parts.map((part) => ({ start: part[0], units: part[0] > 0xffff ? 2 : 1, text: textOf(part) }));

/** Code points that a property holds of, as the distances between the borders of its runs: packed. */
function packSet(property) {
  const runs = new RegExp(`\\p{${property}}+`, 'gu');
  const borders = [];
  let end = 0;
  for (const { start, units, text } of planes) {
    for (const { index, 0: run } of text.matchAll(runs)) {
      const first = start + index / units;
      // A run may go on from one part to the next.
      if (first === end && borders.length > 0) borders[borders.length - 1] += run.length / units;
      else borders.push(first - end, run.length / units);
      end = first + run.length / units;
    }
  }
  return pack(borders);
}

function isKnown(property) {
  try {
    return new RegExp(`\\p{${property}}`, 'u') !== undefined;
  } catch {
    return false;
  }
}

/** Packed set -> its names. Names of one set stand together, since some are short for others. */
function properties(property, names) {
  const byName = new Map();
  for (const name of names) {
    if (isKnown(`${property}=${name}`)) byName.set(name, packSet(`${property}=${name}`));
  }
  const groups = new Map();
  for (const [name, set] of byName) groups.set(set, [...(groups.get(set) ?? []), name]);
  return [...groups].map(([set, group]) => [group.sort().join(' '), set]).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Mappings of single code points, as ranges of one difference: distance to the range before, how many, step (1 or 2), difference;
 * and those to several: code point, how many, and which.
 */
function mappings(map) {
  const single = new Map();
  const mapped = new Set();
  const several = [];
  for (let point = 128; point < POINTS; point++) {
    const from = stringOf(point);
    const to = [...map(from)].map((character) => character.codePointAt(0));
    if (to.length !== 1 || to[0] !== point) mapped.add(point);
    if (to.length !== 1) several.push(point, to.length, ...to);
    else if (to[0] !== point) single.set(point, to[0] - point);
  }
  const ranges = [];
  let last = 0;
  for (let point = 128; point < POINTS; ) {
    const difference = single.get(point);
    if (difference === undefined) {
      point += 1;
      continue;
    }
    const count = (step) => {
      let many = 1;
      while (single.get(point + many * step) === difference && (step === 1 || !mapped.has(point + many * step - 1))) many += 1;
      return many;
    };
    const step = count(2) > count(1) ? 2 : 1;
    const many = count(step);
    ranges.push(point - last, many, step, unsigned(difference));
    last = point;
    point += (many - 1) * step + 1;
  }
  return { ranges: pack(ranges), several: pack(several) };
}

/** The generated file, as text. */
function render() {
  const version = process.versions.unicode;
  const lower = mappings((text) => text.toLowerCase());
  const upper = mappings((text) => text.toUpperCase());
  const table = (name, rows) =>
    `export const ${name}: Readonly<Record<string, string>> = {\n${rows.map(([key, value]) => `  '${key}': '${value}',\n`).join('')}};\n`;
  return `// Generated by src/dev/unicode-tables.mjs (npm run generate): do not edit.
// Derived from the Unicode Character Database ${version}, © Unicode, Inc.; Unicode License v3.

/** The version of Unicode that these tables are of. */
export const UNICODE_VERSION = '${version}';

/** Packed (unpack.ts): ranges of lower and upper mappings; code points that become several; sets of code points. */
export const CASE_TABLES = {
  lower: '${lower.ranges}',
  lowerSeveral: '${lower.several}',
  upper: '${upper.ranges}',
  upperSeveral: '${upper.several}',
  cased: '${packSet('Cased')}',
  ignorable: '${packSet('Case_Ignorable')}',
};

/** Names of one general category -> its packed set. */
${table('CATEGORIES', properties('General_Category', words(CATEGORIES)))}
/** Names of one script -> its packed set. */
${table('SCRIPTS', properties('Script', words(SCRIPTS)))}`;
}

const committed = () => /UNICODE_VERSION = '([^']+)'/.exec(readFileSync(target, 'utf8'))?.[1];

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, render());
} else if (committed() !== process.versions.unicode) {
  console.log(`tables.ts is of Unicode ${committed()}, this Node of ${process.versions.unicode}: not compared`);
} else if (readFileSync(target, 'utf8') !== render()) {
  console.error('src/compiler/unicode/generated/tables.ts is not current: run npm run generate');
  process.exitCode = 1;
}
