// The protections of containers, as the engine gets them, and how to leave each out. Knows nothing of engines.

import { readFileSync } from 'node:fs';

/** What the engine gets, as far as a protection is in it. */
export interface ContainerConfig {
  Entrypoint: string[];
  Env: string[];
  User: string;
  NetworkDisabled: boolean;
  HostConfig: {
    Binds?: string[];
    CapAdd?: string[];
    DeviceCgroupRules?: string[];
    IpcMode: string;
    MaskedPaths: string[];
    Memory: number;
    MemorySwap: number;
    NetworkMode: string;
    OomScoreAdj?: number;
    PidsLimit: number;
    ReadonlyRootfs: boolean;
    SecurityOpt: string[];
    ShmSize: number;
    Tmpfs: Record<string, string>;
    Ulimits: { Name: string; Soft: number; Hard: number }[];
  };
}

/** For what an attack wants, and little enough for a machine that others use too. */
const MUCH_MEMORY_BYTES = 2 ** 30;
const MANY_PROCESSES = 512;
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...[
    'LINUX_IMMUTABLE',
    'NET_BIND_SERVICE',
    'NET_BROADCAST',
    'NET_ADMIN',
    'NET_RAW',
    'IPC_LOCK',
    'IPC_OWNER',
  ],
  ...[
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_CHROOT',
    'SYS_PTRACE',
    'SYS_PACCT',
    'SYS_ADMIN',
    'SYS_BOOT',
    'SYS_NICE',
  ],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD'],
];

/** How to have the engine leave a protection out. The others are the supervisor's own, built without them. */
export const LEFT_OUT: Readonly<Record<string, (config: ContainerConfig) => void>> = {
  SECCOMP: unfiltered,
  ARCHITECTURE_CHECK: unfiltered,
  USER(config) {
    const { HostConfig } = config;
    config.User = '0:0';
    HostConfig.CapAdd = capabilitiesToGive();
    changeBox(HostConfig, /uid=\d+,gid=\d+/, 'uid=0,gid=0');
  },
  NO_NEW_PRIVILEGES({ HostConfig }) {
    HostConfig.SecurityOpt = HostConfig.SecurityOpt.filter((option) => option !== 'no-new-privileges');
  },
  NO_DEVICES({ HostConfig }) {
    HostConfig.DeviceCgroupRules = ['c *:* rwm'];
    changeBox(HostConfig, 'nodev', 'dev');
  },
  READ_ONLY_ROOT({ HostConfig }) {
    HostConfig.ReadonlyRootfs = false;
    HostConfig.Binds = HostConfig.Binds?.map((bind) => bind.replace(/:ro$/, ':rw')) ?? [];
  },
  PRIVATE_NETWORK(config) {
    config.NetworkDisabled = false;
    config.HostConfig.NetworkMode = 'host';
  },
  HIDDEN_PROC({ HostConfig }) {
    HostConfig.MaskedPaths = [];
  },
  MEMORY_LIMIT({ HostConfig }) {
    HostConfig.Memory = HostConfig.MemorySwap = MUCH_MEMORY_BYTES;
  },
  PROCESS_LIMIT({ HostConfig }) {
    HostConfig.PidsLimit = MANY_PROCESSES;
  },
  DISK_LIMIT({ HostConfig }) {
    changeBox(HostConfig, /size=\d+,nr_inodes=\d+/, `size=${MUCH_MEMORY_BYTES},nr_inodes=100000`);
    HostConfig.ShmSize = MUCH_MEMORY_BYTES;
  },
  CORE_LIMIT({ HostConfig }) {
    HostConfig.Ulimits = HostConfig.Ulimits.map((limit) =>
      limit.Name === 'core' ? { Name: 'core', Soft: -1, Hard: -1 } : limit,
    );
  },
  OOM_PROTECTION({ HostConfig }) {
    delete HostConfig.OomScoreAdj;
  },
};

/** Protections that no container can be without, and why. */
export const ALWAYS_THERE: Readonly<Record<string, string>> = {
  OWN_ROOT: 'a runtime never leaves the machine’s root in a container',
  PRIVATE_PROCESSES: 'the supervisor serves only as the first process of a container',
};

function unfiltered({ HostConfig }: ContainerConfig): void {
  const others = HostConfig.SecurityOpt.filter((option) => !option.startsWith('seccomp='));
  HostConfig.SecurityOpt = [...others, 'seccomp=unconfined'];
}

function changeBox({ Tmpfs }: ContainerConfig['HostConfig'], found: string | RegExp, text: string): void {
  Tmpfs['/box'] = Tmpfs['/box']?.replace(found, text) ?? '';
}

/** Those that the machine's root has; the engine can give no others. */
function capabilitiesToGive(): string[] {
  const mask = /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return CAPABILITIES.filter((_name, number) => ((BigInt(`0x${mask}`) >> BigInt(number)) & 1n) === 1n);
}
