// The memory map of a tenant: one shared linear memory, read by the I/O thread and by every worker.
//
//   0          1,024      4,096            scratchBase         ringBase           stateBase          heapBase     maximum
//   | guard    | control  | dirty bitmap   | scratch x threads | rings of slots   | counters         | images ... |
//   | no one   | block    | 1 bit a page   | one an instance   | one a listener   | (empty yet)      | lists      |
//
// Each region starts where the last ends. The host lays it out once, when the tenant is made, and writes the result into the
// control block; only the heap grows, and only at publish. Addresses are absolute byte offsets in the memory.

/** Nothing lies below: an address of 0 is null, and stays unused. */
export const CONTROL_BASE = 1024;
export const CONTROL_BYTES = 1024;
export const CONTROL_MAGIC = 0; // u32, CONTROL_MAGIC_VALUE
export const CONTROL_SCRATCH_BASE = 4; // u32
export const CONTROL_SCRATCH_COUNT = 8; // u32, instances that may exist on this memory
export const CONTROL_RING_BASE = 12; // u32
export const CONTROL_RING_BYTES = 16; // u32, of one ring
export const CONTROL_STATE_BASE = 20; // u32, counters
export const CONTROL_STATE_BYTES = 24; // u32
export const CONTROL_HEAP_BASE = 28; // u32
export const CONTROL_DIRTY_BASE = 32; // u32
export const CONTROL_DIRTY_BYTES = 36; // u32
export const CONTROL_PARTS = 40; // u32, threads that have a ring of their own, and as large a share of the scratches
/** u32 each: the thread that owns scratch i (its thread id + 1), or 0. Claimed by compare-and-swap. */
export const CONTROL_SCRATCH_OWNERS = 64;
export const SCRATCH_COUNT_MAX = 128;
export const CONTROL_MAGIC_VALUE = 0x4d544456; // "VDTM"

/** Dirty bitmap: a bit for every 4 KiB page of the memory; set by whoever changes a page that a snapshot must hold. */
export const DIRTY_BASE = 4096;
export const DIRTY_PAGE_BITS = 12;

/**
 * Scratch of one instance; no other instance touches it.
 *
 *   0           32,768       36,864       45,056         110,592    131,072        135,168   137,216            268,288
 *   | registers | null flags | hit bits   | joined texts | work     | keys of JSON | alive   | tables of ranks  |
 *   | 4,096 x 8 | 4,096 x 1  | 65,536 / 8 | 65,536       | of calls | 1,088 x 2    | parts   | 4 x 32,768       |
 */
export const SCRATCH_REGISTERS = 0;
export const SCRATCH_NULLS = 32768;
export const SCRATCH_HITS = 36864;
export const SCRATCH_TEXT = 45056;
/** Work area of one function call, e.g. the states of a regular expression; its content does not outlive the call. */
export const SCRATCH_WORK = 110592;
export const SCRATCH_WORK_BYTES = 20480;
/** Which key followed which in the last texts, u16 each: guesses, checked before they are believed (assembly/json/object.ts). */
export const SCRATCH_KEYS = 131072;
/** u32 behind them: texts that assembly/json/registers.ts leaves alone now. */
export const SCRATCH_PATIENCE = 133632;
/** Which parts of the match index that runs are alive, a bit each. */
export const SCRATCH_ALIVE = 135168;
export const SCRATCH_ALIVE_BYTES = 2048;
/** Areas of tables that generated code reads (src/codegen/ranks.ts): each begins with the key of those that are there, or 0. */
export const SCRATCH_RANKS = 137216;
export const RANK_AREAS = 4;
export const RANK_AREA_BYTES = 32768;
export const SCRATCH_BYTES = 268288;

/**
 * A slot: one request in the ring. Slots have any length, a multiple of SLOT_ALIGN, and never wrap around the ring's end.
 *
 *   | header 128 | entries: count x 16 | input: payloads or a frame | output: decisions or an answer frame |
 */
export const SLOT_ALIGN = 64;
export const SLOT_HEADER_BYTES = 128;
export const SLOT_STATE = 0; // u32, SlotState
export const SLOT_BYTES = 4; // u32, the whole slot
export const SLOT_IMAGE = 8; // u32, address of the image
export const SLOT_COUNT = 12; // u32, payloads; for a frame: room in the entry table (0: no entries), then written by the engine
export const SLOT_CURSOR = 16; // u32, the next payload to decide: written behind each payload, so that others see it go on
export const SLOT_ENTRIES = 20; // u32, address of the entry table
export const SLOT_INPUT = 24; // u32, address of the frame (frames only)
export const SLOT_INPUT_BYTES = 28; // u32
export const SLOT_OUTPUT = 32; // u32, address, a multiple of 8
export const SLOT_OUTPUT_BYTES = 36; // u32, capacity
export const SLOT_OUTPUT_USED = 40; // u32, written by the engine
export const SLOT_STATUS = 44; // u32, Status of the slot as a whole
export const SLOT_NOW = 48; // i64, microseconds UTC
export const SLOT_ID_HIGH = 56; // u64, decision id of the first payload; 0 and 0: none
export const SLOT_ID_LOW = 64; // u64, the i-th payload has low + i
export const SLOT_LISTS = 72; // u32, address of BINDING_BYTES for each list of the image, in its order; 0 where it has none
export const SLOT_PARAMETERS = 80; // u32, address of PARAMETER_BINDING_BYTES for each parameter of the image; 0 where it has none

/**
 * u32, where a call ends that decides many payloads: before the first one with this number or a greater one, but not before it has
 * decided one; 0 = at the last. Read anew for each payload: another thread ends the call by writing 1.
 */
export const SLOT_UNTIL = 84;
export const SLOT_THREAD = 88; // u32, id + 1 of the worker thread that decided it last, or decides it
export const SLOT_MICROS = 92; // u32, microseconds that the last call on a worker took
export const SLOT_OUTCOMES = 96; // 4 x u32, decisions of a frame by Outcome
export const SLOT_FAILURES = 112; // u32, those of them with a status that is not OK
export const SLOT_REQUESTS = 116; // u32, address of the offsets of a frame's requests, once it has been checked

/** What a list of an image is bound to: an immutable region of the heap, and its version as 16 hex digits. */
export const BINDING_BYTES = 24;
export const BINDING_ADDRESS = 0; // u32
export const BINDING_VERSION = 8; // 16 bytes, ASCII

/** What a parameter of an image is bound to: the bits of its value as a register holds them, and the version of its set. */
export const PARAMETER_BINDING_BYTES = 24;
export const PARAMETER_VALUE = 0; // u64; a text lies in the same block of the heap, behind all bindings
export const PARAMETER_VERSION = 8; // 16 bytes, ASCII

/** One payload of a slot. The engine fills in the last three. */
export const ENTRY_BYTES = 16;
export const ENTRY_PAYLOAD = 0; // u32, address
export const ENTRY_PAYLOAD_BYTES = 4; // u32
export const ENTRY_DECISION = 8; // u32, address of the decision
export const ENTRY_DECISION_BYTES = 12; // u32, low 24 bits: bytes; high 8 bits: Status
export const ENTRY_STATUS_SHIFT = 24;

/**
 * An answer frame is at most ANSWER_BATCH_BYTES + 4 x count, rounded up to a multiple of 8, + count x (ANSWER_BYTES + the image's
 * IMAGE_DECISION_BYTES_MAX). Decisions lie in it at multiples of 8.
 */
export const ANSWER_BATCH_BYTES = 40;
export const ANSWER_BYTES = 24;
/** Behind it, for each answer the offset from there to its table, and ANSWER_DECISION behind that its decision. */
export const ANSWER_OFFSETS = 40;
export const ANSWER_DECISION = 20;

/** One value of an expression image's output: tag (RegisterType, 0 = null), then its bits (a text: address | bytes << 32). */
export const VALUE_BYTES = 24;
export const VALUE_TAG = 0; // u32
export const VALUE_LOW = 8; // u64
export const VALUE_HIGH = 16; // u64, WIDE only
