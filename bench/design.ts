// A design of answering that a bench puts beside others: what they have in common, and how a block of messages is timed.

/** Answers messages, and shows each answer while it is valid. */
export type Design = (messages: readonly Uint8Array[], show: (answer: Uint8Array) => void) => void;

/** Nanoseconds in which a design answers a block of messages. Throws where it shows nothing. */
export function timeBlock(design: Design, messages: readonly Uint8Array[]): number {
  let bytes = 0;
  const startMs = performance.now();
  design(messages, (answer) => {
    bytes += answer.length;
  });
  const nanos = (performance.now() - startMs) * 1e6;
  if (bytes === 0) throw new Error('there was no answer');
  return nanos;
}
