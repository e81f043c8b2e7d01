// A bundle as it is handed over: file names and bytes, whatever it came in.

/** Path inside the bundle (forward slashes, no leading `./`) -> bytes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;
