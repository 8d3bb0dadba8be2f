// The configuration of a container that runs untrusted programs: every protection in one plain value. It
// knows nothing of when containers are made.

import { MIB } from '../units.ts';
import { SUPERVISOR_PATH } from './image-layout.ts';

/** What a container is made for. Two that are equal in all of it can take each other's place. */
export interface ContainerSpec {
  readonly image: string;
  /** Size of the file system in memory that holds the work directory and /tmp. */
  readonly diskBytes: number;
  readonly limits: ContainerLimits;
}

/** What the engine can change while the container lives. */
export interface ContainerLimits {
  readonly memoryBytes: number;
  /** Processes and threads, the supervisor among them. */
  readonly processes: number;
  /** Cores, averaged over one second; 0 is without a quota. */
  readonly cpuQuota: number;
}

export interface ContainerIdentity {
  /** User and group; no other container that is alive has it. */
  readonly uid: number;
  /** Labels by which what is left of a dead service is found. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerSettings {
  /** JSON of the profile for the engine, made from the supervisor's table. */
  readonly seccompProfile: string;
  /** Hash of the sources that the supervisor in an image must have been made from. */
  readonly sources: string;
  /** The engine's name of another runtime, such as `runsc`. */
  readonly runtime?: string | undefined;
}

/** Those that the engine receives. */
export type ConfigSettings = Omit<ContainerSettings, 'sources'>;

const QUOTA_PERIOD_US = 1_000_000;
/** One per cent over, as the native driver does: see frames.ts. */
export const QUOTA_US = 1_010_000;
const MAX_INODES = 8192;
/** Above MAX_ARTIFACT_BYTES of supervisor/common.h, in whole pages. */
const ARTIFACT_BYTES = 96 * MIB;
const TMPFS = 'rw,exec,nosuid,nodev';
const MAX_OPEN_FILES = 4096;
const OOM_SCORE = 500;
const SHARED_MEMORY_BYTES = 64 * MIB;

/**
 * What a program must not see of the machine. The engine's own list is replaced by this one, so that is in it. /sys has
 * the container's control group, which the supervisor reads; all else of it is hidden. Without /dev/pts there are no terminals.
 */
const MASKED_PATHS = [
  ...['acpi', 'asound', 'bus', 'cmdline', 'config.gz', 'diskstats', 'driver', 'fs', 'interrupts', 'iomem'],
  ...[
    'ioports',
    'irq',
    'kallsyms',
    'kcore',
    'key-users',
    'keys',
    'kpagecount',
    'kpageflags',
    'latency_stats',
  ],
  ...['mdstat', 'misc', 'modules', 'mtrr', 'pagetypeinfo', 'partitions', 'sched_debug', 'schedstat', 'scsi'],
  ...['slabinfo', 'softirqs', 'swaps', 'sys', 'sysrq-trigger', 'timer_list', 'timer_stats', 'tty'],
  ...['version', 'vmallocinfo', 'vmstat', 'zoneinfo'],
].map((name) => `/proc/${name}`);
const MASKED_SYSTEM_PATHS = [
  ...['block', 'bus', 'class', 'dev', 'devices', 'firmware', 'hypervisor', 'kernel', 'module', 'power'],
  ...['fs/bpf', 'fs/ext4', 'fs/fuse', 'fs/pstore', 'fs/selinux', 'fs/smackfs', 'fs/xfs', 'fs/btrfs'],
].map((name) => `/sys/${name}`);

/** The body of a request that creates a container. */
export function containerConfig(
  spec: ContainerSpec,
  identity: ContainerIdentity,
  settings: ConfigSettings,
): object {
  const { uid, labels } = identity;
  return {
    Image: spec.image,
    Entrypoint: [SUPERVISOR_PATH, 'container'],
    Cmd: [],
    Env: [],
    User: `${uid}:${uid}`,
    WorkingDir: '/',
    Hostname: 'box',
    Labels: labels,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The supervisor ends when its input does: a service that dies leaves nothing that runs.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: true,
    StopSignal: 'SIGKILL',
    StopTimeout: 0,
    HostConfig: hostConfig(spec, uid, settings),
  };
}

/** The body of a request that changes the limits of a container. */
export function limitsConfig({ memoryBytes, processes, cpuQuota }: ContainerLimits): object {
  return {
    Memory: memoryBytes,
    MemorySwap: memoryBytes, // none beside the memory
    CpuPeriod: QUOTA_PERIOD_US,
    CpuQuota: cpuQuota === 0 ? -1 : Math.round(cpuQuota * QUOTA_US),
    PidsLimit: processes,
  };
}

function hostConfig(spec: ContainerSpec, uid: number, { seccompProfile, runtime }: ConfigSettings): object {
  return {
    ...limitsConfig(spec.limits),
    ...(runtime !== undefined && { Runtime: runtime }),
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    Tmpfs: {
      '/box': `${TMPFS},size=${spec.diskBytes},nr_inodes=${MAX_INODES},mode=0700,uid=${uid},gid=${uid}`,
      // What the supervisor writes there; a program that undoes its permissions gets no more than its memory.
      '/code': `${TMPFS},size=${ARTIFACT_BYTES},nr_inodes=${MAX_INODES},mode=0755,uid=${uid},gid=${uid}`,
      '/build': `${TMPFS},size=${ARTIFACT_BYTES},nr_inodes=${MAX_INODES},mode=0755,uid=${uid},gid=${uid}`,
    },
    ShmSize: Math.min(SHARED_MEMORY_BYTES, spec.diskBytes),
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', `seccomp=${seccompProfile}`],
    Privileged: false,
    IpcMode: 'private',
    PidMode: '',
    CgroupnsMode: 'private',
    UTSMode: '',
    MaskedPaths: [...MASKED_PATHS, ...MASKED_SYSTEM_PATHS, '/dev/pts'],
    ReadonlyPaths: [],
    Ulimits: [
      { Name: 'nofile', Soft: MAX_OPEN_FILES, Hard: MAX_OPEN_FILES },
      // The kernel starts a handler of core dumps, a program of the machine, also for 0 bytes, but not for 1.
      { Name: 'core', Soft: 1, Hard: 1 },
      { Name: 'msgqueue', Soft: 0, Hard: 0 },
    ],
    // The first thing to go when the machine runs out of memory; the supervisor adds to it for programs.
    OomScoreAdj: OOM_SCORE,
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
    Init: false,
  };
}
