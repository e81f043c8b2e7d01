// A row that is a C program: FlatBuffers payloads from a file, decided in blocks of BLOCK_COUNT, timed as the other rows are.

import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../row.js';
import { SUM_MODULUS } from '../row.js';
import { BLOCK_COUNT } from '../workload.js';

const FLAGS = ['-O3', '-march=native'];
/** What gcc may take where nothing less is said. */
const COMPILE_MS_MAX = 1_800_000;

/** First line of `gcc --version`, or undefined where there is no gcc. */
export function gccVersion(): string | undefined {
  try {
    return execFileSync('gcc', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0];
  } catch {
    return undefined;
  }
}

/** gcc was still compiling when its time was over. */
export class CompileTimeout extends Error {}

export interface CProgram {
  readonly name: string;
  readonly covers: Row['covers'];
  /**
   * Defines `uint64_t decide(const uint8_t *payload)`, which returns what a decision adds to the sum; for this it has `word`,
   * `field`, `number`, `text`, `less`, `more` and what the C library of the headers below has. With `data`, also `void begin(const uint8_t *data)`.
   */
  readonly source: string;
  /** FlatBuffers tables, a multiple of BLOCK_COUNT of them. */
  readonly payloads: readonly Uint8Array[];
  /** What `begin` is given, at an address that is a multiple of 64. */
  readonly data?: Uint8Array;
  /** Beside FLAGS. */
  readonly flags?: readonly string[];
  /** Milliseconds that gcc may take; without, as many as it needs. */
  readonly compileMsMax?: number;
}

function programSource({ source, payloads, data }: CProgram): string {
  return `#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define BLOCKS_MAX 1000000
#define NOINLINE __attribute__((noinline))
static inline uint32_t word(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline const uint8_t *field(const uint8_t *table, const uint8_t *vtable, int slot) {
  uint16_t offset;
  memcpy(&offset, vtable + 4 + 2 * slot, 2);
  return offset ? table + offset : 0;
}
static inline double number(const uint8_t *table, const uint8_t *vtable, int slot) {
  const uint8_t *p = field(table, vtable, slot);
  double v = -1;
  if (p) memcpy(&v, p, 8);
  return v;
}
static inline int text(const uint8_t *table, const uint8_t *vtable, int slot, const char *value, uint32_t bytes) {
  const uint8_t *p = field(table, vtable, slot);
  if (!p) return 0;
  p += word(p);
  return word(p) == bytes && !memcmp(p + 4, value, bytes);
}
static inline double less(double a, double b) { return a < b ? a : b; }
static inline double more(double a, double b) { return a > b ? a : b; }
${source}
static uint8_t *payloads[${payloads.length}];
static double seconds(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static uint8_t *contentOf(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(1);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  /* 64 bytes more, so that a word may be loaded where fewer bytes are. */
  uint8_t *bytes = aligned_alloc(64, (size + 127) / 64 * 64);
  if (!bytes || fread(bytes, 1, size, file) != (size_t)size) exit(1);
  fclose(file);
  return bytes;
}
int main(int argc, char **argv) {
  if (argc < 4) return 1;
  double secondsMin = atof(argv[3]);
  uint8_t *bytes = contentOf(argv[1]);
  ${data === undefined ? '' : 'begin(contentOf(argv[2]));'}
  for (long i = 0, at = 0; i < ${payloads.length}; i++) { payloads[i] = bytes + at + 8; at += 8 + (word(bytes + at) + 7) / 8 * 8; }
  static double blocks[BLOCKS_MAX];
  uint64_t sum = 0, count = 0;
  long block = 0;
  double start = seconds(), last = start, now = start;
  do {
    for (int k = 0; k < ${BLOCK_COUNT}; k++, count++) sum += decide(payloads[count % ${payloads.length}]);
    now = seconds();
    blocks[block++] = now - last;
    last = now;
  } while (now - start < secondsMin && block < BLOCKS_MAX);
  qsort(blocks, block, sizeof *blocks, ascending);
  double median = block % 2 ? blocks[block / 2] : (blocks[block / 2 - 1] + blocks[block / 2]) / 2;
  printf("%.3f %llu %llu\\n", median * 1e9 / ${BLOCK_COUNT}, (unsigned long long)count, (unsigned long long)(sum % ${SUM_MODULUS}ull));
  return 0;
}
`;
}

/** Each payload: its length, 4 bytes of nothing, its bytes, padded to 8, so that every table is aligned. */
function writePayloads(file: string, payloads: readonly Uint8Array[]): void {
  const parts = payloads.map((payload) => {
    const part = Buffer.alloc(8 + Math.ceil(payload.length / 8) * 8);
    part.writeUInt32LE(payload.length, 0);
    part.set(payload, 8);
    return part;
  });
  fs.writeFileSync(file, Buffer.concat(parts));
}

/** Runs gcc; its whole process group ends with the time it may take, since the compiler proper is a child of the command. */
function runGcc(args: readonly string[], msMax: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const gcc = spawn('gcc', args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let isLate = false;
    let output = '';
    gcc.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const end = (): void => {
      if (gcc.pid !== undefined) process.kill(-gcc.pid, 'SIGKILL');
    };
    const timer = setTimeout(
      () => {
        isLate = true;
        end();
      },
      Math.min(msMax ?? COMPILE_MS_MAX, COMPILE_MS_MAX),
    );
    process.once('exit', end);
    gcc.on('error', reject);
    gcc.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      if (code === 0) resolve();
      else if (isLate) reject(new CompileTimeout(`gcc takes longer than ${(msMax ?? COMPILE_MS_MAX) / 1000} s`));
      else reject(new Error(`gcc ended with ${code}:\n${output}`));
    });
  });
}

/** Compiles a program and makes a row of it. Rejects with CompileTimeout where that takes longer than compileMsMax. */
export async function cRow(program: CProgram): Promise<Row> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'verdict-bench-'));
  const close = (): void => fs.rmSync(folder, { recursive: true, force: true });
  const [binary, payloads, data] = ['decide', 'payloads', 'data'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    fs.writeFileSync(`${binary}.c`, programSource(program));
    await runGcc([...FLAGS, ...(program.flags ?? []), '-o', binary, `${binary}.c`, '-lm'], program.compileMsMax);
  } catch (error) {
    close();
    throw error;
  }
  writePayloads(payloads, program.payloads);
  fs.writeFileSync(data, program.data ?? '');
  return {
    name: program.name,
    covers: program.covers,
    decideOutside: async (msMin) => {
      const { stdout } = await promisify(execFile)(binary, [payloads, data, String(msMin / 1000)]);
      const [nanosPerDecision, count, sum] = stdout.trim().split(' ').map(Number) as [number, number, number];
      return { nanosPerDecision, count, sum };
    },
    close,
  };
}
