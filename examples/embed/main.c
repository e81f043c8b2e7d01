/* Decides JSON payloads, one a line, in C, with an exported module that wasm2c has translated:
 *
 *   verdict export examples/card-risk --scalar -o card-risk.wasm --header verdict.h
 *   wasm2c card-risk.wasm --module-name verdict -o module.c
 *   gcc -O2 -I . -I /usr/share/wabt/wasm2c main.c module.c /usr/share/wabt/wasm2c/wasm-rt-impl.c -lm -o decide
 *   ./decide < payments.ndjson
 *
 * Prints one decision a line; with --hex its bytes, a FlatBuffers table of schemas/decision.fbs. --now=MICROSECONDS is the time
 * of the decisions, else 0. --parameters=FILE decides by the values that `verdict parameter build` wrote there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "verdict.h"

/* How wasm2c of wabt 1.0.32 spells the exports of a module named `verdict`. */
#define CALL(name, ...) Z_verdictZ_##name(&instance, ##__VA_ARGS__)

#define LINE_BYTES_MAX (1 << 20)

static Z_verdict_instance_t instance;

static const uint8_t *memory_at(uint32_t address) { return Z_verdictZ_memory(&instance)->data + address; }

static void print_hex(void) {
  const uint8_t *decision = memory_at(CALL(verdict_output));
  uint32_t bytes = CALL(verdict_output_bytes);
  for (uint32_t i = 0; i < bytes; i++) printf("%02x", decision[i]);
  putchar('\n');
}

static void print_decision(uint32_t status) {
  static const char *const OUTCOMES[] = {"none", "approve", "review", "decline"};
  printf("status %u, %s, score %.17g", status, OUTCOMES[CALL(verdict_outcome) & 3], CALL(verdict_score));
  uint32_t count = CALL(verdict_reason_count);
  for (uint32_t i = 0; i < count; i++)
    printf(", %s %.17g", (const char *)memory_at(CALL(verdict_reason_code, i)), CALL(verdict_reason_score, i));
  if (CALL(verdict_fault) != VERDICT_FAULT_NONE)
    printf(", fault %u of \"%s\" at byte %u", CALL(verdict_fault), (const char *)memory_at(CALL(verdict_fault_pointer)),
           CALL(verdict_fault_at));
  putchar('\n');
}

/* Binds the parameters to the values of a file. */
static int bind_parameters(const char *path) {
  FILE *file = fopen(path, "rb");
  char *block = malloc(LINE_BYTES_MAX);
  uint32_t bytes = file && block ? (uint32_t)fread(block, 1, LINE_BYTES_MAX, file) : 0;
  if (file) fclose(file);
  uint32_t input = CALL(verdict_input, bytes);
  memcpy((void *)memory_at(input), block, bytes);
  free(block);
  return CALL(verdict_parameters, bytes) == VERDICT_PARAMETERS_OK;
}

int main(int argc, char **argv) {
  int64_t now = 0;
  int hex = 0;
  const char *parameters = NULL;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--hex")) hex = 1;
    if (!strncmp(argv[i], "--now=", 6)) now = strtoll(argv[i] + 6, NULL, 10);
    if (!strncmp(argv[i], "--parameters=", 13)) parameters = argv[i] + 13;
  }
  wasm_rt_init();
  Z_verdict_init_module();
  Z_verdict_instantiate(&instance);
  if (CALL(verdict_abi) != VERDICT_ABI) {
    fprintf(stderr, "the module has another ABI\n");
    return 1;
  }
  if (parameters && !bind_parameters(parameters)) {
    fprintf(stderr, "%s is not for this module\n", parameters);
    return 1;
  }
  char *line = malloc(LINE_BYTES_MAX);
  while (line && fgets(line, LINE_BYTES_MAX, stdin)) {
    uint32_t bytes = (uint32_t)strcspn(line, "\n");
    uint32_t input = CALL(verdict_input, bytes);
    memcpy((void *)memory_at(input), line, bytes);
    uint32_t status = CALL(verdict_decide_json, bytes, (uint64_t)now);
    if (hex) print_hex();
    else print_decision(status);
  }
  free(line);
  Z_verdict_free(&instance);
  wasm_rt_free();
  return 0;
}
