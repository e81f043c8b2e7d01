// A bundle as it is handed over: file names and bytes, whatever it came in.

/** Path inside the bundle (forward slashes, no leading `./`) -> bytes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** A copy that can be posted: files copied one by one, since a view of a larger buffer would be sent with all of it. */
export function copyFiles(files: BundleFiles): Map<string, Uint8Array> {
  return new Map(Array.from(files, ([path, bytes]) => [path, new Uint8Array(bytes)]));
}
