// One process owns a data directory at a time. The owner listens on a Unix socket in it: the kernel closes the socket with the
// process, however that ends, so a file left behind by kill -9 is known as stale by refusing a connection. Unlike a process id
// in a file this also holds across containers that share a volume, and after ids have been used again.

import { randomUUID } from 'node:crypto';
import { createConnection, createServer, type Server } from 'node:net';

/** Longest path a Unix socket may have, in bytes, on all systems (108 on Linux, 104 on macOS, with its final zero). */
const SOCKET_PATH_BYTES_MAX = 103;
const ATTEMPTS_MAX = 5;

/** The file operations it needs, from store.ts, which alone touches files. */
export interface OwnerFiles {
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Ownership of a data directory; ends with `release` or with the process. */
export class Owner {
  private constructor(private readonly server: Server) {}

  /**
   * @param directory absolute path
   * Throws Error where another process owns the directory, or the socket cannot be made there.
   */
  static async claim(directory: string, files: OwnerFiles): Promise<Owner> {
    const path = socketPath(directory);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const server = await listen(path);
      if (server !== undefined) return new Owner(server);
      await refuseIfAlive(directory, path);
      await removeStale(path, files);
    }
    throw new Error(`cannot lock the data directory ${directory}: others are starting on it at the same time`);
  }

  async release(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function socketPath(directory: string): string {
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\verdict-${directory.replace(/[\\/:]/g, '-')}` : `${directory}/owner.sock`;
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new Error(
      `the path of the data directory is too long for its lock: ${path} has more than ${SOCKET_PATH_BYTES_MAX} bytes`,
    );
  }
  return path;
}

/** A server that tells whoever connects its process id, or undefined where the path is taken. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(String(process.pid));
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(new Error(`cannot lock the data directory: ${error.message}`));
    });
    server.listen({ path, exclusive: true }, () => {
      server.unref(); // owning a directory keeps no process alive
      resolve(server);
    });
  });
}

/** Throws where a process answers at the path. */
async function refuseIfAlive(directory: string, path: string): Promise<void> {
  const pid = await ask(path);
  if (pid === undefined) return;
  throw new Error(`the data directory ${directory} is in use by process ${pid}: stop it, or use another directory`);
}

/** The process id behind the path, '?' where it is too busy to say, or undefined where nobody listens. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    let connected = false;
    const socket = createConnection(path);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => {});
    // The kernel accepts for a live process even while that is busy: connected means alive, whether or not it answered.
    socket.on('close', () => resolve(connected ? answer || '?' : undefined));
  });
}

/**
 * Removes a socket file that nobody listens on. Moved away first: should another process have bound the path since we asked, it
 * is its live socket that we hold, and it is put back.
 */
async function removeStale(path: string, files: OwnerFiles): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await files.rename(path, aside);
  } catch {
    return; // somebody else was quicker
  }
  if ((await ask(aside)) === undefined) await files.remove(aside);
  else await files.rename(aside, path);
}
