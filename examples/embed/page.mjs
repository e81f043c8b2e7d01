// Decides JSON payloads in a browser with an exported module. The address tells which:
//
//   page.html?module=card-risk.wasm&payloads=payments.ndjson&now=1767225600000000&hex
//
// `parameters=spend.parameters` binds the values that `verdict parameter build` wrote there.
// `payloads` fills the text area and decides at once; `now` is the time of the decisions in microseconds UTC, else the clock's.

const OUTCOMES = [null, 'approve', 'review', 'decline'];

const query = new URLSearchParams(location.search);
const file = query.get('module') ?? 'module.wasm';
const { instance } = await WebAssembly.instantiateStreaming(fetch(file));
const verdict = instance.exports;
const byId = (id) => document.getElementById(id);

const memory = () => new Uint8Array(verdict.memory.buffer);

function textAt(address) {
  const bytes = memory();
  return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
}

/** One payload's decision as a line. */
function decide(line) {
  const text = new TextEncoder().encode(line);
  const input = verdict.verdict_input(text.length);
  memory().set(text, input);
  const status = verdict.verdict_decide_json(text.length, BigInt(query.get('now') ?? Date.now() * 1000));
  if (query.has('hex')) {
    const at = verdict.verdict_output();
    const bytes = memory().subarray(at, at + verdict.verdict_output_bytes());
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  const reasons = Array.from({ length: verdict.verdict_reason_count() }, (_, i) => textAt(verdict.verdict_reason_code(i)));
  const decision = { status, outcome: OUTCOMES[verdict.verdict_outcome()], score: verdict.verdict_score(), reasons };
  if (verdict.verdict_fault() === 0) return JSON.stringify(decision);
  const fault = { code: verdict.verdict_fault(), pointer: textAt(verdict.verdict_fault_pointer()), at: verdict.verdict_fault_at() };
  return JSON.stringify({ ...decision, fault });
}

function decideAll() {
  const lines = byId('payload')
    .value.split('\n')
    .filter((line) => line.trim() !== '');
  byId('decisions').textContent = lines.map(decide).join('\n');
}

if (query.has('parameters')) {
  const block = new Uint8Array(await (await fetch(query.get('parameters'))).arrayBuffer());
  const input = verdict.verdict_input(block.length);
  memory().set(block, input);
  const error = verdict.verdict_parameters(block.length);
  if (error !== 0) throw new Error(`${query.get('parameters')} is not for this module: ${error}`);
}
byId('name').textContent = file;
byId('decide').addEventListener('click', decideAll);
if (query.has('payloads')) {
  byId('payload').value = await (await fetch(query.get('payloads'))).text();
  decideAll();
  document.body.dataset.done = 'true';
}
