// What a run of very many connections needs of Linux, and how it gets it without leaving a trace: two network namespaces, one
// inside the other, and more memory for sockets, which is a setting of the whole machine and is set back.
//
// The kernel's table of sockets is as large as the namespace was told when it was made, by the one in which it was made: the outer
// one says so, the inner one has it. Both go with their last process. Ports, buffers and the table are those of the namespace.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Pages of 4 KiB of all sockets of the machine: before the kernel saves, when it does, and at most. 4, 6 and 8 GiB. */
const TCP_PAGES = [1_048_576, 1_572_864, 2_097_152] as const;
const TCP_MEM = '/proc/sys/net/ipv4/tcp_mem';
/** Buckets of the table of sockets: a power of two. */
const BUCKETS = 2_097_152;
const CHILD_BUCKETS = '/proc/sys/net/ipv4/tcp_child_ehash_entries';
/** Least, first and most bytes of a socket's buffers: a reader that is slow holds this much of the kernel's memory at most. */
const BUFFERS = '4096 16384 262144';

/**
 * Ports that clients are given. Finding a free one for each of 16,000 connections to one server cost 380 us of the system's time
 * where there were 28,000, and 65 us with these.
 */
const PORTS = '1024 65535';

/** One without timers: BBR, which some machines have, sets one for each thing sent. */
const CONGESTION_CONTROL = 'reno';

/** Something that is missing, and what to do. */
export interface Lack {
  readonly what: string;
  readonly advice: string;
}

/** What stands in the way of a namespace of our own. Changes nothing. */
export function lacks(): Lack[] {
  if (process.platform !== 'linux') return [{ what: 'Linux', advice: 'run it there' }];
  const found: Lack[] = [];
  if (process.getuid?.() !== 0) found.push({ what: 'root', advice: 'network namespaces and tcp_mem are its: run it with sudo' });
  for (const [command, pack] of [
    ['unshare', 'util-linux'],
    ['ip', 'iproute2'],
  ]) {
    if (!isThere(command as string)) found.push({ what: `the command ${command}`, advice: `install ${pack}` });
  }
  if (found.length > 0) return found;
  if (!succeeds('unshare', ['-n', 'true']))
    found.push({ what: 'leave to make a network namespace', advice: 'a container needs CAP_SYS_ADMIN for it' });
  else if (!succeeds('unshare', ['-n', 'test', '-w', CHILD_BUCKETS]))
    found.push({ what: CHILD_BUCKETS, advice: 'it is there from Linux 6.1 on, and must be writable' });
  if (!isWritable(TCP_MEM)) found.push({ what: `leave to write ${TCP_MEM}`, advice: 'mount /proc/sys writable' });
  return found;
}

/** Raises the memory that sockets may use where it is lower. Returns what sets it back; idempotent. */
export function raiseTcpMemory(): () => void {
  const before = readFileSync(TCP_MEM, 'utf8').trim();
  const wanted = before.split(/\s+/).map((value, i) => Math.max(Number(value), TCP_PAGES[i] as number));
  writeFileSync(TCP_MEM, wanted.join(' '));
  let isRaised = true;
  return () => {
    if (isRaised) writeFileSync(TCP_MEM, before);
    isRaised = false;
  };
}

/** Starts a program of Node in a nested namespace, in a process group of its own. */
export function startInside(program: string, args: readonly string[]): ChildProcess {
  const script = `echo ${BUCKETS} > ${CHILD_BUCKETS} && exec unshare -n -- "$0" "$@"`;
  return spawn('unshare', ['-n', 'sh', '-c', script, process.execPath, program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
}

/** Inside the namespace: the loopback is there, sockets have small buffers, and there are many ports. */
export function setUpInside(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  writeFileSync('/proc/sys/net/ipv4/tcp_rmem', BUFFERS);
  writeFileSync('/proc/sys/net/ipv4/tcp_wmem', BUFFERS);
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', PORTS);
  writeFileSync('/proc/sys/net/ipv4/tcp_congestion_control', CONGESTION_CONTROL);
}

function isThere(command: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${command}`));
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    writeFileSync(path, readFileSync(path, 'utf8').trim());
    return true;
  } catch {
    return false;
  }
}
