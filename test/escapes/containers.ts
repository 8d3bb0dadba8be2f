// Containers as stages of the escape tests: an engine of the tests' own, and the driver's requests to it changed so that
// a protection is missing. The driver knows nothing of this.

import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DockerEngine } from '../../src/docker/engine.ts';
import { SUPERVISOR_PATH } from '../../src/docker/image-layout.ts';
import { createDockerSandbox } from '../../src/sandbox/docker/docker-sandbox.ts';
import type { RootFileSystem, Sandbox } from '../../src/sandbox/sandbox.ts';
import { buildBareImage, PROBE_IN_IMAGE } from '../bare-image.ts';
import { type OwnEngine, startOwnEngine } from '../docker-engine.ts';
import { SERVING, type Stage } from './stage.ts';

/** What the engine is told, as far as a protection is in it. */
interface ContainerConfig {
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

/** How the engine is told to leave a protection out. The others are the supervisor's own, built without them. */
const LEFT_OUT: Readonly<Record<string, (config: ContainerConfig) => void>> = {
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
    unfiltered(config); // the engine's filter refuses the sockets of networks
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
const ALWAYS_THERE: Readonly<Record<string, string>> = {
  OWN_ROOT: 'a runtime never leaves the machine’s root in a container',
  PRIVATE_PROCESSES: 'the supervisor serves only as the first process of a container',
};

/** Why there are no containers that lack what a stage lacks; `null` when there are. */
export function whyAlwaysThere({ lacking }: Stage): string | null {
  return lacking.map((name) => ALWAYS_THERE[name]).find((reason) => reason !== undefined) ?? null;
}

let starting: Promise<OwnEngine> | null = null;
let holding: Promise<string> | null = null;

/** The engine of all stages. Nobody else's is attacked. */
function engineOfStages(): Promise<OwnEngine> {
  starting ??= startOwnEngine();
  return starting;
}

export async function closeEngine(): Promise<void> {
  await (await starting)?.close();
}

/** A sandbox of containers that lack what the stage lacks. A root of directories becomes mounts of containers. */
export async function createContainerSandbox(
  stage: Stage,
  slots: number,
  log: (message: string) => void,
): Promise<Sandbox> {
  const { engine } = await engineOfStages();
  const image = await buildBareImage(engine);
  const sharedIpc = stage.lacking.includes('PRIVATE_IPC') ? await containerToShare(engine, image) : null;
  const sandboxes = new Map<string, Promise<Sandbox>>();

  function sandboxWith(root: RootFileSystem): Promise<Sandbox> {
    const binds = bindsOf(root);
    const key = binds.join();
    const sandbox =
      sandboxes.get(key) ??
      createDockerSandbox({
        engine: changing(engine, (config) => changeConfig(config, stage, binds, sharedIpc)),
        slots,
        poolSize: 0,
        artifactCacheBytes: 0,
        home: randomUUID(),
        log: (_level, message) => log(message),
      });
    sandboxes.set(key, sandbox);
    return sandbox;
  }

  const bare = await sandboxWith({ fingerprint: 'bare', mounts: [] });
  return {
    ...bare,
    open: async (root, files) =>
      (await sandboxWith(root)).open({ fingerprint: root.fingerprint, image }, files),
    async close() {
      for (const sandbox of sandboxes.values()) await (await sandbox).close();
    },
  };
}

/** The engine, with each container made after a changed configuration. */
function changing(engine: DockerEngine, change: (config: ContainerConfig) => void): DockerEngine {
  return {
    ...engine,
    request(method, path, options) {
      if (path !== '/containers/create') return engine.request(method, path, options);
      const json = structuredClone(options?.json) as ContainerConfig;
      change(json);
      return engine.request(method, path, { ...options, json });
    },
  };
}

function changeConfig(
  config: ContainerConfig,
  stage: Stage,
  binds: readonly string[],
  sharedIpc: string | null,
): void {
  const { HostConfig } = config;
  const hidesSupervisor = binds.some((bind) => bind.includes(':/usr:'));
  HostConfig.Binds = [...binds];
  if (stage.program !== SERVING.program || hidesSupervisor) {
    HostConfig.Binds.push(`${stage.program}:/opt/supervisor:ro`);
    config.Entrypoint = config.Entrypoint.map((word) =>
      word === SUPERVISOR_PATH ? '/opt/supervisor' : word,
    );
  }
  config.Env = [...config.Env, ...(stage.environment ?? [])];
  if (sharedIpc) HostConfig.IpcMode = `container:${sharedIpc}`;
  for (const name of stage.lacking) LEFT_OUT[name]?.(config);
}

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

/** Mounts of a container. It makes no links, so that what they lead to is mounted. */
function bindsOf(root: RootFileSystem): string[] {
  if ('image' in root) return [];
  return root.mounts
    .map(({ kind, source, target }) => ({
      source: kind === 'bind' ? source : join(dirname(target), source),
      target,
    }))
    .filter(({ target }) => basename(target) !== 'bin') // which the image has as a link
    .map(({ source, target }) => `${realpathSync(source)}:${target}:ro`);
}

/** A container whose memory, queues and semaphores others can share: never the machine's own. */
function containerToShare(engine: DockerEngine, image: string): Promise<string> {
  holding ??= (async () => {
    const HostConfig = { NetworkMode: 'none', IpcMode: 'shareable', ReadonlyRootfs: true };
    const json = { Image: image, Entrypoint: [PROBE_IN_IMAGE], Cmd: ['sleep', '3600000'], HostConfig };
    const { Id } = await engine.request<{ Id: string }>('POST', '/containers/create', { json });
    await engine.request('POST', `/containers/${Id}/start`);
    return Id;
  })();
  return holding;
}
