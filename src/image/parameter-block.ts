// Values of parameters as the engine reads them: bindings, PARAMETER_BINDING_BYTES each, and the texts behind them.

import { PARAMETER_BLOCK_BYTES, PARAMETER_BLOCK_MAGIC } from '../../assembly/shared/embed.js';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE, PARAMETER_VERSION } from '../../assembly/shared/layout.js';

/** A value as a register holds it, and the version of the set that it is of, 16 hex digits. */
export interface ParameterBinding {
  readonly version: string;
  readonly content: number | bigint | boolean | string;
}

const utf8 = new TextEncoder();

/**
 * Writes the bindings of the parameters that an image reads, in its order.
 *
 * @param address of the first byte, which texts are found by
 */
export function writeParameters(parameters: readonly ParameterBinding[], address: number): Uint8Array {
  const texts = parameters.map(({ content }) => (typeof content === 'string' ? utf8.encode(content) : undefined));
  let end = parameters.length * PARAMETER_BINDING_BYTES;
  const block = new Uint8Array(texts.reduce((bytes, text) => bytes + (text?.length ?? 0), end));
  const view = new DataView(block.buffer);
  for (const [index, { version, content }] of parameters.entries()) {
    const at = index * PARAMETER_BINDING_BYTES;
    const text = texts[index];
    block.set(utf8.encode(version), at + PARAMETER_VERSION);
    if (text === undefined) {
      view.setBigUint64(at + PARAMETER_VALUE, bitsOf(content), true);
    } else {
      view.setBigUint64(at + PARAMETER_VALUE, BigInt(address + end) | (BigInt(text.length) << 32n), true);
      block.set(text, end);
      end += text.length;
    }
  }
  return block;
}

/** The block that binds an exported module of the image with this hash to other values (verdict_parameters). */
export function parameterBlock(imageHash: string, parameters: readonly ParameterBinding[]): Uint8Array {
  const bindings = writeParameters(parameters, 0);
  const block = new Uint8Array(PARAMETER_BLOCK_BYTES + bindings.length);
  new DataView(block.buffer).setUint32(0, PARAMETER_BLOCK_MAGIC, true);
  block.set(utf8.encode(imageHash), 8);
  block.set(bindings, PARAMETER_BLOCK_BYTES);
  return block;
}

function bitsOf(content: ParameterBinding['content']): bigint {
  if (typeof content === 'bigint') return BigInt.asUintN(64, content);
  if (typeof content === 'boolean') return content ? 1n : 0n;
  return new BigUint64Array(Float64Array.of(content as number).buffer)[0]!;
}
