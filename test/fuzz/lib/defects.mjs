// Planted defects: plausible mistakes, put into the code as it is loaded (dist/src) or compiled (assembly/), each behind a switch
// of its own. The fuzzer has to find each by what its target checks anyway.
//
// `code` is a piece of the file that occurs once in it; what stands between « and » becomes `bad` while the defect is switched on.
// Where the piece is not found any more, everything that plants defects fails, and says which.

/** @typedef {{ name: string, target: string, file: string, code: string, bad: string }} Defect */

const inEngine = (target, file, name, code, bad) => ({ name, target, file: `assembly/${file}.ts`, code, bad });
const inHost = (target, file, name, code, bad) => ({ name, target, file: `dist/src/${file}.js`, code, bad });

/** @type {readonly Defect[]} */
export const DEFECTS = [
  // --- expression
  inEngine(
    'expression',
    'functions/decimal',
    'a tie is rounded up',
    'const half = restHigh === leftHigh ? «i32(rest > left) - i32(rest < left)» :',
    'i32(rest >= left) - i32(rest < left)',
  ),
  inHost(
    'expression',
    'compiler/parse',
    'a span ends one past the text',
    '{ start: at, end: «Math.max(at + 1, wordEnd(text, at))» }',
    'Math.max(at + 2, wordEnd(text, at))',
  ),
  inHost(
    'expression',
    'compiler/checker/facts',
    'a null check says the opposite',
    "if (other.type.kind === 'null')\n        return «equal» ?",
    '!equal',
  ),
  // --- bundle
  inHost(
    'bundle',
    'compiler/tables/cell-syntax',
    'an open bound is read as closed',
    "const lowOpen = «source.text[from] !== '['»;",
    'false',
  ),
  // --- archive
  inHost('archive', 'bundle/archive', 'a directory above is allowed', "«part === '..'» ||", 'false'),
  inHost('archive', 'bundle/archive', 'a drive is allowed', '«/^[A-Za-z]:/.test(part)»', 'false'),
  inHost('archive', 'bundle/archive', 'one file too many', 'if («files.size >= limits.filesMax»)', 'files.size > limits.filesMax'),
  inHost('archive', 'bundle/archive', 'sizes are not added up', 'total += «size ?? 0»;', '0'),
  // --- model
  inHost(
    'model',
    'schema/lock',
    'another kind than the lock has',
    'return «given.kind === kind» ? { id: given.id, kind } :',
    'true',
  ),
  inHost(
    'model',
    'schema/lock',
    'a number of a member is given again',
    'next = «Math.max(next, number + 1)»;',
    'Math.max(next, number)',
  ),
  inHost('model', 'schema/read-field', 'a member stands twice', 'else if («names.includes(entry)»)', 'false'),
  // --- image
  inEngine(
    'image',
    'image/operands',
    'a text begins anywhere',
    'if («(text & 0xffffffff) + (bytes as u64)» > (load<u32>(image, IMAGE_CONSTANT_BYTES) as u64)) return false;',
    '(bytes as u64)',
  ),
  inEngine(
    'image',
    'image/operands',
    'a rule too many',
    'constant === IMM_RULE && «imm >= (load<u32>(image, IMAGE_RULE_COUNT) as u64)»',
    'imm > (load<u32>(image, IMAGE_RULE_COUNT) as u64)',
  ),
  inEngine(
    'image',
    'image/loops',
    'a jump leads to the end of the code',
    'distance === 0 || «distance >= ((count - index) as u64)»',
    'distance > ((count - index) as u64)',
  ),
  inEngine(
    'image',
    'image/loops',
    'a loop costs what its body does once',
    'const times = loopTimes() * «(maxOf(image, load<u16>(pc, INSTRUCTION_A)) as f64)»;',
    '1',
  ),
  inEngine('image', 'image/cost', 'a pattern costs nothing', 'const pattern: f64 = «hasPattern» ?', 'false'),
  inEngine(
    'image',
    'image/special',
    'a blob too many',
    'if («literal >= load<u32>(image, IMAGE_BLOB_COUNT)») return false;',
    'literal > load<u32>(image, IMAGE_BLOB_COUNT)',
  ),
  inEngine(
    'image',
    'image/special',
    'a field behind those of its table',
    'return index >= first && «index - first < (load<u32>(table, TABLE_FIELD_COUNT) as u64)»;',
    'index - first <= (load<u32>(table, TABLE_FIELD_COUNT) as u64)',
  ),
  inEngine(
    'image',
    'image/fields',
    'members of an enum lie anywhere',
    'if («(load<u32>(field, FIELD_AUX) as u64) + ((bits + 7) >> 3) > constantBytes») return ImageError.BAD_CONSTANT;',
    'false',
  ),
  inEngine(
    'image',
    'image/fields',
    'a default text lies anywhere',
    'if («(text & 0xffffffff) + (text >> 32) > constantBytes» ||',
    'false',
  ),
  inEngine(
    'image',
    'index/verify',
    'rows of a match index lie anywhere',
    'if (rowCount === 0 || «!fits(load<u32>(at, DIMENSION_ROWS), (rowCount as u64) * (rowBytes as u64), bytes)») return false;',
    'false',
  ),
  // --- payload
  inEngine(
    'payload',
    'flatbuffers/payload',
    'four bytes hold a decimal',
    'if («room < 8») return false;\n        const integer = load<i64>(value);',
    'room < 4',
  ),
  inEngine(
    'payload',
    'flatbuffers/table',
    'an offset leads four bytes too far',
    'if («offset > bytes - 4 - position») return NO_POSITION;',
    'offset > bytes - position',
  ),
  inEngine('payload', 'flatbuffers/value', 'a text has no end', '«load<u8>(address + length) !== 0»', 'false'),
  inEngine(
    'payload',
    'flatbuffers/payload',
    'a field that is required is missing',
    'if («flags & FIELD_REQUIRED») return false;',
    '(0 as u32)',
  ),
  inEngine(
    'payload',
    'flatbuffers/text',
    'a character has too many bytes',
    'if («second < low || second > high») return -1;',
    'second < 0x80 || second > 0xbf',
  ),
  // --- json
  inEngine('json', 'json/decimal', 'a digit too many is left out', 'if (digit !== 0) isFine = «false»;', 'true'),
  inHost('json', 'schema/encode', 'half of a pair is let through', 'if («low < 0xdc00 || low > 0xdfff»)', 'low > 0xdfff'),
  inEngine('json', 'json/text', 'a character of three bytes for one of two', 'if («point < 0x800») {', 'point <= 0x800'),
  // --- frame
  inEngine('frame', 'flatbuffers/frame', 'a name ends with the frame', '«bundleEnd >= bytes» ||', 'bundleEnd > bytes'),
  inEngine(
    'frame',
    'flatbuffers/frame',
    'a vector is four bytes too long',
    'return «size > ((bytes - 4 - vector) as u64)» ?',
    'size > ((bytes - vector) as u64)',
  ),
  // --- pattern
  inHost(
    'pattern',
    'compiler/pattern/inside-pair',
    'nothing is looked for inside of pairs',
    'if («!matchesEmpty(root, true) || matchesEmpty(root, false)»)',
    'true',
  ),
  // --- list
  inEngine(
    'list',
    'lists/verify',
    'a text is eight bytes too long',
    'load<u32>(list + offset, MEMBER_BYTES) > «bytes - 8 - offset»',
    'bytes - offset',
  ),
  // --- blob
  inEngine(
    'blob',
    'functions/pattern',
    'a state behind the last',
    'if («next >= cells» || next % classes !== 0) return false;',
    'next > cells',
  ),
  inEngine(
    'blob',
    'functions/pattern',
    'a class behind the last',
    'first > POINT_LAST || «range >> 24 >= classes») return false;',
    'range >> 24 > classes',
  ),
  inEngine(
    'blob',
    'functions/pattern',
    'an instruction behind the last',
    '(op === PatternOp.SPLIT || op === PatternOp.JUMP) && «a >= size»',
    'a > size',
  ),
  inEngine(
    'blob',
    'functions/case',
    'a character behind the last',
    'if (from > to || «to > POINT_LAST» ||',
    'to > POINT_LAST + 16',
  ),
  // --- ensemble
  inEngine('ensemble', 'trees/verify', 'a result of any number', 'if («load<u32>(result, 4) >= end») return false;', 'false'),
  inEngine('ensemble', 'trees/slots', 'a category beyond its set', 'if («category >> 5 >= count») return false;', 'false'),
  inHost('ensemble', 'ensembles/slots', 'what is missing goes one way', '${kind} ${missing} ${«isLeft»} ${input}', 'false'),
];

/** Global that holds the number of the defect that is switched on, and its export in the engine. */
export const SWITCH = '__fuzzDefect';

/**
 * Puts all defects of a file into its text, each behind its switch.
 *
 * @param {string} file as in the table
 * @param {string} text
 * @returns {string} `text` where the file has none
 */
export function plantDefects(file, text) {
  let planted = text;
  for (const [index, defect] of DEFECTS.entries()) {
    if (defect.file !== file) continue;
    const [before, rest] = defect.code.split('«');
    const [good, after] = rest.split('»');
    const at = text.indexOf(before + good + after);
    if (at < 0 || text.indexOf(before + good + after, at + 1) >= 0) {
      throw new Error(
        `the defect "${defect.name}" (test/fuzz/lib/defects.mjs) is ${at < 0 ? 'nowhere' : 'twice'} in ${file}: look for its place again`,
      );
    }
    const isOn = `${SWITCH} === ${index + 1}`;
    const found = planted.indexOf(before + good + after);
    if (found < 0) throw new Error(`the defect "${defect.name}" overlaps another one in ${file}`);
    planted = `${planted.slice(0, found)}${before}(${isOn} ? ${defect.bad} : ${good})${after}${planted.slice(found + before.length + good.length + after.length)}`;
  }
  return planted;
}
