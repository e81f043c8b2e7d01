// One process owns a data directory at a time. Whoever wants it listens on a Unix socket of its own in it: the kernel closes the
// socket with the process, however that ends, so a file left behind by kill -9 is known as stale by refusing a connection. Unlike
// a process id in a file this also holds across containers that share a volume, and after ids have been used again.
//
// No file is ever taken over, for between asking and replacing another process may have come. Instead (Lamport's bakery):
//
//   1. listen on owner-ID.new, rename it to owner-ID.sock     from here on everybody who looks sees us
//   2. look at the others: each answers with its process id and whether it owns the directory
//   3. an owner, or a smaller ID that is starting: give up. A larger ID that is starting: look again, until it owns or is gone
//   4. nobody: own
//
// Of two, at least one looks after the other was to be seen. Where both do, the larger gives up. Where only B sees A, B gives up or
// waits until A owns or is gone. So never both own.

import { randomUUID } from 'node:crypto';
import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longest path a Unix socket may have, in bytes, on all systems (108 on Linux, 104 on macOS, with its final zero). */
const SOCKET_PATH_BYTES_MAX = 103;
/** How often one that starts too is asked again, and after how long. */
const LOOKS_MAX = 200;
const LOOK_AGAIN_MS = 25;
/** After this long a process that has accepted is taken as alive but too busy to say what it is. */
const ANSWER_MS_MAX = 1000;
/** Errors of a connection to a file that nobody listens on: a stale socket, one just gone, no socket at all. */
const DEAD: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);
const SOCKET_NAME = /^owner-[0-9a-f]{12}\.(sock|new)$/;

/** The file operations it needs, from store.ts, which alone touches files. */
export interface OwnerFiles {
  rename(from: string, to: string): Promise<void>;
  /** Does nothing where there is none. */
  remove(path: string): Promise<void>;
  /** Names of the files in a directory. */
  list(directory: string): Promise<string[]>;
}

/** What a process that listens says of itself. */
interface Answer {
  /** '?' where it did not say. */
  pid: string;
  isOwner: boolean;
}

/** Ownership of a data directory; ends with `release` or with the process. */
export class Owner {
  #isOwner = false;
  readonly #server: Server;
  #path = '';

  private constructor(
    private readonly directory: string,
    private readonly files: OwnerFiles,
  ) {
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${process.pid} ${this.#isOwner ? 'owns' : 'starts'}`);
    });
  }

  /**
   * @param directory absolute path
   * Throws Error where another process owns the directory or is about to, or the socket cannot be made there.
   */
  static async claim(directory: string, files: OwnerFiles): Promise<Owner> {
    const owner = new Owner(directory, files);
    try {
      if (process.platform === 'win32') await owner.#takePipe();
      else {
        await owner.#appear();
        await owner.#wait();
      }
    } catch (error) {
      await owner.release();
      throw error;
    }
    return owner;
  }

  async release(): Promise<void> {
    if (this.#path !== '') await this.files.remove(this.#path);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The name of a pipe belongs to one process, and goes with it. */
  async #takePipe(): Promise<void> {
    await listen(this.#server, `\\\\.\\pipe\\verdict-${this.directory.replace(/[\\/:]/g, '-')}`);
    this.#isOwner = true;
  }

  /** Listens, and only then is to be seen: a socket that is bound and does not listen yet would pass for a stale one. */
  async #appear(): Promise<void> {
    const base = `${this.directory}/owner-${randomUUID().slice(-12)}`;
    if (Buffer.byteLength(`${base}.sock`) > SOCKET_PATH_BYTES_MAX) {
      throw new Error(
        `the path of the data directory is too long for its lock: ${base}.sock has more than ${SOCKET_PATH_BYTES_MAX} bytes`,
      );
    }
    await listen(this.#server, `${base}.new`);
    try {
      await this.files.rename(`${base}.new`, `${base}.sock`);
    } catch (error) {
      // Only an owner removes what does not listen yet.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw inUse(this.directory, undefined);
      throw error;
    }
    this.#path = `${base}.sock`;
  }

  /** Until nobody else is there. */
  async #wait(): Promise<void> {
    let last: Answer | undefined;
    for (let look = 0; look < LOOKS_MAX; look++) {
      const others = await this.#others('.sock');
      const stronger = others.find(({ path, answer }) => answer.isOwner || answer.pid === '?' || path < this.#path);
      if (stronger !== undefined) throw inUse(this.directory, stronger.answer);
      if (others.length === 0) {
        this.#isOwner = true;
        await this.#others('.new');
        return;
      }
      last = others[0]?.answer;
      await sleep(LOOK_AGAIN_MS);
    }
    throw inUse(this.directory, last);
  }

  /** The others that are alive among the files that end so; those of dead ones are removed. */
  async #others(end: '.sock' | '.new'): Promise<{ path: string; answer: Answer }[]> {
    const names = (await this.files.list(this.directory)).filter((name) => SOCKET_NAME.test(name) && name.endsWith(end));
    const paths = names.map((name) => `${this.directory}/${name}`).filter((path) => path !== this.#path);
    const found = await Promise.all(
      paths.map(async (path) => {
        const answer = await ask(path);
        if (answer === undefined) await this.files.remove(path);
        return answer === undefined ? [] : [{ path, answer }];
      }),
    );
    return found.flat();
  }
}

function inUse(directory: string, other: Answer | undefined): Error {
  const what = other?.isOwner === false && other.pid !== '?' ? 'is being opened' : 'is in use';
  return new Error(`the data directory ${directory} ${what} by process ${other?.pid ?? '?'}: stop it, or use another directory`);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`cannot lock the data directory: ${error.message}`)));
    server.listen({ path, exclusive: true }, () => {
      server.unref(); // owning a directory keeps no process alive
      resolve();
    });
  });
}

/** What the process behind a path says, or undefined where nobody listens. */
function ask(path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let text = '';
    // The kernel accepts for a live process even while that is busy, or says that too many wait already: all but these is alive.
    let isDead = false;
    const socket = createConnection(path);
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isDead = DEAD.has(error.code ?? '');
    });
    socket.on('close', () => {
      const [pid = '', state = ''] = text.split(' ');
      resolve(isDead ? undefined : { pid: state === '' ? '?' : pid, isOwner: state === 'owns' });
    });
  });
}
