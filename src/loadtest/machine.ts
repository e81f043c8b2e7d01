// What Linux says of the machine and of processes on it. Everywhere else, nothing is known, and nothing is claimed.

import { readFileSync } from 'node:fs';
import { descriptorsMax } from '../server/system.js';

/** Facts that bound how many connections there can be; undefined: not known. */
export interface Machine {
  /** Files that a process may have open. */
  readonly descriptors: number;
  /** Files that all processes may have open, and how many are. */
  readonly filesMax: number | undefined;
  readonly filesOpen: number | undefined;
  /** Ports that the system chooses from. */
  readonly portFirst: number | undefined;
  readonly portLast: number | undefined;
  /** Pages of 4 KiB from which the kernel saves on sockets, and of which there are no more. */
  readonly tcpPagesPressure: number | undefined;
  readonly tcpPagesMax: number | undefined;
  /** Buckets of the table of sockets. */
  readonly socketBuckets: number | undefined;
  /** Connections that a firewall tracks, and how many it can. */
  readonly tracked: number | undefined;
  readonly trackedMax: number | undefined;
  readonly memoryBytes: number | undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The numbers in a file; none where it cannot be read. */
function numbers(path: string): number[] {
  return (read(path)?.match(/\d+/g) ?? []).map(Number);
}

export function readMachine(): Machine {
  const [filesOpen] = numbers('/proc/sys/fs/file-nr');
  const [filesMax] = numbers('/proc/sys/fs/file-max');
  const [portFirst, portLast] = numbers('/proc/sys/net/ipv4/ip_local_port_range');
  const [, tcpPagesPressure, tcpPagesMax] = numbers('/proc/sys/net/ipv4/tcp_mem');
  const [socketBuckets] = numbers('/proc/sys/net/ipv4/tcp_ehash_entries');
  const [tracked] = numbers('/proc/sys/net/netfilter/nf_conntrack_count');
  const [trackedMax] = numbers('/proc/sys/net/netfilter/nf_conntrack_max');
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo') ?? '')?.[1];
  return {
    descriptors: descriptorsMax(),
    filesMax,
    filesOpen,
    portFirst,
    portLast,
    tcpPagesPressure,
    tcpPagesMax,
    socketBuckets,
    tracked,
    trackedMax,
    memoryBytes: available === undefined ? undefined : Number(available) * 1024,
  };
}

/** What processes take together. */
export interface ProcessFigures {
  /** Processes that were found. */
  readonly processes: number;
  /** Memory, what is shared divided among those who share it; and what is theirs alone. Bytes. */
  readonly pssBytes: number;
  readonly privateBytes: number;
  readonly rssBytes: number;
  /** Processor time since they were started. */
  readonly cpuSeconds: number;
}

/** The kernel counts processor time for others in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Processor time of processes on this machine since they were started: quick to read, where there are many. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(read(`/proc/${pid}/stat`) ?? ''), 0);
}

function cpuOf(stat: string): number {
  // the name of the process stands in parentheses, and may hold anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.length > 12 ? (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND : 0;
}

/** Figures of processes on this machine; those that are not there, or may not be looked at, are left out. */
export function readProcesses(pids: readonly number[]): ProcessFigures {
  let [processes, pssBytes, privateBytes, rssBytes, cpuSeconds] = [0, 0, 0, 0, 0];
  for (const pid of pids) {
    const memory = read(`/proc/${pid}/smaps_rollup`);
    const stat = read(`/proc/${pid}/stat`);
    if (memory === undefined || stat === undefined) continue;
    const bytesOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1] ?? 0) * 1024;
    processes++;
    pssBytes += bytesOf('Pss');
    privateBytes += bytesOf('Private_Dirty') + bytesOf('Private_Clean');
    rssBytes += bytesOf('Rss');
    cpuSeconds += cpuOf(stat);
  }
  return { processes, pssBytes, privateBytes, rssBytes, cpuSeconds };
}
