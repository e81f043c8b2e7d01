// A decision of the stream as an object, read with the classes that flatc generates: the server's own reader is bound to Node.

import { ByteBuffer } from 'flatbuffers';
import { Status } from '../../assembly/shared/status.js';
import type { Decision, NamedVersion, OutcomeName, StatusName } from '../schema/decision.js';
import { Decision as DecisionTable } from '../schema/generated/verdict/wire.js';
import { readOutputs } from '../schema/outputs.js';
import { formatTimestamp } from '../schema/time.js';

const OUTCOMES: readonly (OutcomeName | null)[] = [null, 'approve', 'review', 'decline'];

/** What JSON.parse would make of the same decision over HTTP. */
export function readDecision(bytes: Uint8Array): Decision {
  const table = DecisionTable.getRootAsDecision(new ByteBuffer(bytes));
  const id = table.decisionId();
  const inputs = table.inputs();
  const now = inputs?.now() ?? null;
  const outputs = table.outputsArray();
  const parameters = inputs === null ? 0 : inputs.parametersLength();
  return {
    ...(id === null || (id.high() === 0n && id.low() === 0n) ? {} : { decisionId: hex(id.high()) + hex(id.low()) }),
    status: Status[table.status()] as StatusName,
    outcome: OUTCOMES[table.outcome()] ?? null,
    score: table.score(),
    reasons: Array.from({ length: table.reasonsLength() }, (_, i) => {
      const reason = table.reasons(i)!;
      return { code: reason.code() ?? '', rule: reason.rule() ?? '', score: reason.score() };
    }),
    ...(outputs === null ? {} : { outputs: readOutputs(outputs) }),
    bundle: table.bundle() ?? '',
    version: table.version() ?? '',
    image: hex(table.image()),
    inputs: {
      now: now === null ? null : formatTimestamp(now),
      lists: Array.from({ length: inputs?.listsLength() ?? 0 }, (_, i) => named(inputs!.lists(i)!)),
      ...(parameters === 0 ? {} : { parameters: Array.from({ length: parameters }, (_, i) => named(inputs!.parameters(i)!)) }),
    },
  };
}

function named(version: { name(): string | null; version(): string | null }): NamedVersion {
  return { name: version.name() ?? '', version: version.version() ?? '' };
}

function hex(long: bigint): string {
  return long.toString(16).padStart(16, '0');
}
