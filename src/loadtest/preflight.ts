// Whether this machine can hold what is asked for, said before anything is tried: at a limit of descriptors or ports a run does not
// fail, it only measures something else.

import type { Machine } from './machine.js';

export interface PreflightPlan {
  readonly connections: number;
  readonly processes: number;
  readonly targets: number;
  /** Local addresses that are bound; 0: the system chooses for each connection. */
  readonly sources: number;
  /** Whether the other ends are on this machine too. */
  readonly isLocal: boolean;
}

export interface Finding {
  readonly what: string;
  /** `no`: the run would fail. `low`: it may be disturbed. */
  readonly verdict: 'ok' | 'low' | 'no';
  readonly needed: number;
  /** undefined: this system does not say. */
  readonly found: number | undefined;
  /** What to do where it is not ok. */
  readonly advice: string;
}

/** Descriptors that a process has open beside its connections; a server's, which keeps some for files. */
const DESCRIPTORS_OWN = 100;
const DESCRIPTORS_SERVER = 500;
/** Bytes of memory, about: kernel objects of an idle socket; a connection of this client, and of a server; a process of each. */
const SOCKET_BYTES = 4_000;
const CLIENT_BYTES = 4_300;
const SERVER_BYTES = 1_000;
const PROCESS_BYTES = 45 * 1024 * 1024;
/** Sockets a bucket of the kernel's table up to which finding one costs nothing to speak of. */
const SOCKETS_PER_BUCKET = 4;

/** What has to be there, what is, and what to do about it. */
export function preflight(plan: PreflightPlan, machine: Machine): Finding[] {
  const { connections, processes, targets, sources, isLocal } = plan;
  const ends = isLocal ? 2 : 1;
  const sockets = connections * ends;
  const findings: Finding[] = [];
  const add = (what: string, needed: number, found: number | undefined, advice: string, worst: 'low' | 'no' = 'no'): void => {
    findings.push({ what, verdict: found === undefined || needed <= found ? 'ok' : worst, needed, found, advice });
  };

  const { descriptors } = machine;
  const apiece = Math.ceil(connections / processes);
  add(
    'descriptors of a process',
    apiece + DESCRIPTORS_OWN,
    descriptors,
    `--processes ${Math.ceil(connections / Math.max(1, descriptors - DESCRIPTORS_OWN))} or more, or raise \`ulimit -n\``,
  );
  if (isLocal) {
    const ports = Math.ceil(connections / Math.max(1, descriptors - DESCRIPTORS_SERVER));
    add(
      'descriptors of a server',
      Math.ceil(connections / targets) + DESCRIPTORS_SERVER,
      descriptors,
      `${ports} server processes or more, each on a port of its own: --target HOST:FIRST-LAST`,
      'low',
    );
  }
  add(
    'open files of the machine',
    sockets + (machine.filesOpen ?? 0),
    machine.filesMax,
    `sysctl -w fs.file-max=${sockets + (machine.filesOpen ?? 0)}`,
  );
  const { portFirst, portLast } = machine;
  const range = portFirst === undefined || portLast === undefined ? undefined : portLast - portFirst + 1;
  // the system's choice may give one port to connections of different targets; a bound address may not
  if (sources === 0) add('ports for one target', Math.ceil(connections / targets), range, 'more ports at the target, or --source');
  else add('ports of one source', Math.ceil(connections / sources), range, 'more addresses in --source');
  const serverBytes = isLocal ? connections * SERVER_BYTES : 0;
  add(
    'free memory, bytes',
    sockets * SOCKET_BYTES + connections * CLIENT_BYTES + serverBytes + processes * PROCESS_BYTES,
    machine.memoryBytes,
    'fewer connections, or fewer processes',
  );
  add(
    'pages for queued messages, one a socket',
    sockets,
    machine.tcpPagesPressure,
    `where many connections are busy at a time: sysctl -w net.ipv4.tcp_mem="${sockets / 2} ${sockets} ${Math.ceil(sockets * 1.5)}"`,
    'low',
  );
  add(
    `buckets for sockets, one for ${SOCKETS_PER_BUCKET}`,
    Math.ceil(sockets / SOCKETS_PER_BUCKET),
    machine.socketBuckets,
    'run it in a nested network namespace with net.ipv4.tcp_child_ehash_entries raised; docs/LOADTEST.md shows how',
    'low',
  );
  if ((machine.tracked ?? 0) > 0) {
    add(
      'connections a firewall tracks',
      connections + (machine.tracked ?? 0),
      machine.trackedMax,
      'raise net.netfilter.nf_conntrack_max, or run in a network namespace of its own',
    );
  }
  return findings;
}
