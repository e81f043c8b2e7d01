// Makes a binary built for glibc 2.38 load on glibc 2.36 and 2.37. What such a build needs of 2.38 are only the strtol family
// under its C23 names; the same functions exist in every glibc under their plain names. So the edit renames the imports and
// points them at the base version. The one change of behaviour: no C23 `0b` prefix in numbers.
//
//   .dynsym          .gnu.version        .gnu.version_r: libc.so.6
//   __isoc23_strtol  index of 2.38   ->  GLIBC_2.38   becomes   strtol   index of 2.2.5   and   GLIBC_2.2.5 twice
//
// The linker then no longer asks for 2.38. Offsets below are those of ELF64, little endian.

const PREFIX = '__isoc23_';
const VERSION_OLD = 'GLIBC_2.38';
const VERSION_BASE = 'GLIBC_2.2.5';
const SYMBOL_BYTES = 24;
/** __isoc23_strtol, __isoc23_strtoul, __isoc23_sscanf: any other number means another build. */
const SYMBOLS_EXPECTED = 3;

interface Section {
  offset: number;
  bytes: number;
}

/**
 * Returns a copy of an x86-64 ELF binary that needs no symbol of glibc 2.38.
 * Throws an Error where the binary is not what this edit was written for; the input is never changed.
 */
export function retargetGlibc(binary: Uint8Array): Uint8Array {
  const elf = new Uint8Array(binary);
  const view = new DataView(elf.buffer);
  if (elf.length < 64 || view.getUint32(0, false) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1)
    throw new Error('not an ELF64 file');
  const textAt = (offset: number): string => {
    const end = elf.indexOf(0, offset);
    if (end < 0) throw new Error('a name is not terminated');
    return Buffer.from(elf.buffer, offset, end - offset).toString('latin1');
  };

  const sections = readSections(view, textAt);
  const section = (name: string): Section => {
    const found = sections.get(name);
    if (found === undefined || found.offset + found.bytes > elf.length) throw new Error(`no section ${name}`);
    return found;
  };
  const symbols = section('.dynsym');
  const names = section('.dynstr');
  const versions = section('.gnu.version');
  const { old, base } = findVersions(view, section('.gnu.version_r'), (offset) => textAt(names.offset + offset));
  const indexOld = view.getUint16(old + 6, true);
  const indexBase = view.getUint16(base + 6, true);

  let changed = 0;
  for (let i = 0; i < symbols.bytes / SYMBOL_BYTES; i++) {
    const version = versions.offset + 2 * i;
    if ((view.getUint16(version, true) & 0x7fff) !== indexOld) continue;
    const symbol = symbols.offset + SYMBOL_BYTES * i;
    const name = view.getUint32(symbol, true);
    const text = textAt(names.offset + name);
    if (!text.startsWith(PREFIX)) throw new Error(`${text} needs ${VERSION_OLD}`);
    view.setUint32(symbol, name + PREFIX.length, true);
    view.setUint16(version, indexBase, true);
    changed++;
  }
  if (changed !== SYMBOLS_EXPECTED) throw new Error(`${changed} symbols need ${VERSION_OLD}, not ${SYMBOLS_EXPECTED}`);

  // The entry keeps its own index (offset 6): nothing refers to it any more, and the chain stays whole.
  view.setUint32(old, view.getUint32(base, true), true);
  view.setUint32(old + 8, view.getUint32(base + 8, true), true);
  return elf;
}

function readSections(view: DataView, textAt: (offset: number) => string): Map<string, Section> {
  const table = Number(view.getBigUint64(0x28, true));
  const entryBytes = view.getUint16(0x3a, true);
  const count = view.getUint16(0x3c, true);
  const namesIndex = view.getUint16(0x3e, true);
  const offsetOf = (index: number) => Number(view.getBigUint64(table + index * entryBytes + 24, true));
  const sections = new Map<string, Section>();
  for (let i = 0; i < count; i++) {
    const header = table + i * entryBytes;
    const name = textAt(offsetOf(namesIndex) + view.getUint32(header, true));
    sections.set(name, { offset: offsetOf(i), bytes: Number(view.getBigUint64(header + 32, true)) });
  }
  return sections;
}

/** Offsets of the two Vernaux entries of libc.so.6. */
function findVersions(view: DataView, needs: Section, nameAt: (offset: number) => string): { old: number; base: number } {
  let old = 0;
  let base = 0;
  for (let need = needs.offset, next = 1; next !== 0; need += next) {
    next = view.getUint32(need + 12, true);
    if (nameAt(view.getUint32(need + 4, true)) !== 'libc.so.6') continue;
    let entry = need + view.getUint32(need + 8, true);
    for (let left = view.getUint16(need + 2, true); left > 0; left--) {
      const name = nameAt(view.getUint32(entry + 8, true));
      if (name === VERSION_OLD) old = entry;
      if (name === VERSION_BASE) base = entry;
      entry += view.getUint32(entry + 12, true);
    }
  }
  if (old === 0 || base === 0) throw new Error(`libc.so.6 is not asked for ${VERSION_OLD} and ${VERSION_BASE}`);
  return { old, base };
}
