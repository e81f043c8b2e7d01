// Payloads drawn from a model, for benches where there are no rows: any value the model allows, near its bounds now and then.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { makeRandom } from '../loadtest/random.js';
import { formatDecimal } from '../schema/decimal.js';
import type { Field, Model, Table } from '../schema/model.js';
import { formatDate, formatTimestamp } from '../schema/time.js';

/** Share of nullable fields that are left out. */
const ABSENT_SHARE = 0.15;
/** Where a field has no bounds of its own. */
const INTEGER_SPAN = 1000;
const TEXT_CHARS_MAX = 24;
const LIST_COUNT_MAX = 8;
const TIMESTAMP_FROM = 1_767_225_600_000_000n; // 2026-01-01
const TIMESTAMP_SPAN = 31_536_000_000_000n; // a year
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Draws payloads, as JSON values, that fit the model. Equal seeds give equal payloads. */
export class PayloadGenerator {
  readonly #random: () => number;

  constructor(
    readonly model: Model,
    seed: number,
  ) {
    this.#random = makeRandom(seed);
  }

  next(): Record<string, unknown> {
    return this.#table(this.model.tables[0] as Table);
  }

  #table(table: Table): Record<string, unknown> {
    const payload: Record<string, unknown> = {};
    for (const field of table.fields) {
      if (!field.required && this.#random() < ABSENT_SHARE) continue;
      payload[field.name] = this.#value(field);
    }
    return payload;
  }

  #value(field: Field): unknown {
    const random = this.#random;
    switch (field.kind) {
      case FieldKind.BOOL:
        return random() < 0.5;
      case FieldKind.INT:
      case FieldKind.LONG:
        return Number(this.#integer(field, 0n));
      case FieldKind.DOUBLE: {
        const minimum = Number(field.minimum ?? Math.min(0, Number(field.maximum ?? 0)));
        const maximum = Number(field.maximum ?? minimum + INTEGER_SPAN);
        return minimum + random() * (maximum - minimum);
      }
      case FieldKind.DECIMAL:
        return formatDecimal(this.#integer(field, 0n), field.scale ?? 0);
      case FieldKind.TIMESTAMP:
        return formatTimestamp(this.#integer(field, TIMESTAMP_FROM, TIMESTAMP_SPAN));
      case FieldKind.DATE:
        return formatDate(Number(this.#integer(field, TIMESTAMP_FROM / 86_400_000_000n, 365n)));
      case FieldKind.ENUM: {
        const members = field.members ?? [];
        return members[Math.floor(random() * members.length)]?.name;
      }
      case FieldKind.TEXT: {
        const shortest = Number(field.minimum ?? 0);
        const longest = Math.max(shortest, Math.min(Number(field.maximum ?? TEXT_CHARS_MAX), TEXT_CHARS_MAX));
        const length = shortest + Math.floor(random() * (longest - shortest + 1));
        let text = '';
        for (let i = 0; i < length; i++) text += LETTERS[Math.floor(random() * LETTERS.length)];
        return text;
      }
      case FieldKind.LIST: {
        const fewest = Number(field.minimum ?? 0);
        const most = Math.max(fewest, Math.min(Number(field.maximum ?? 0), LIST_COUNT_MAX));
        const count = fewest + Math.floor(random() * (most - fewest + 1));
        const { element, child } = field;
        return Array.from({ length: count }, () =>
          element === undefined ? this.#table(this.model.tables[child ?? 0] as Table) : this.#value(element),
        );
      }
      case FieldKind.OBJECT:
        return this.#table(this.model.tables[field.child ?? 0] as Table);
      default:
        return null;
    }
  }

  /** An integer within the field's bounds; small ones are likelier than large ones, as in life. */
  #integer(field: Field, from: bigint, span = BigInt(INTEGER_SPAN) * 10n ** BigInt(field.scale ?? 0)): bigint {
    const toBig = (value: number | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(Math.trunc(value)));
    const maximum = field.maximum === undefined ? undefined : toBig(field.maximum);
    const minimum =
      field.minimum === undefined ? (maximum !== undefined && maximum < from ? maximum - span : from) : toBig(field.minimum);
    const width = (maximum ?? minimum + span) - minimum;
    // a cube keeps wide ranges from giving only huge values
    const share = width > span ? this.#random() ** 3 : this.#random();
    const value = minimum + (BigInt(Math.floor(share * 1e9)) * (width + 1n)) / 1_000_000_000n;
    return value > minimum + width ? minimum + width : value;
  }
}
