// The engine's exports, and nothing else. Each takes addresses in the imported memory; none allocates, calls the host, or keeps
// anything between calls outside the slot it was given.

export { decide, decideFrame, evaluate } from './evaluate';
export { verifyImage } from './image/verifier';
export { verifyList } from './lists/verify';
