// Containers as stages of the escape tests: an engine of the tests' own, and the driver's requests to it changed so that
// a protection is missing. The driver knows nothing of this.

import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createDockerSandbox } from '../../src/docker/driver/docker-sandbox.ts';
import { createNestedSandbox, type NestedSandboxOptions } from '../../src/docker/driver/nested-sandbox.ts';
import type { DockerEngine } from '../../src/docker/engine.ts';
import { SUPERVISOR_PATH } from '../../src/docker/image-layout.ts';
import { createTestLog } from '../../src/log-fixture.ts';
import type { RootFileSystem, Sandbox } from '../../src/sandbox/sandbox.ts';
import { MIB } from '../../src/units.ts';
import { buildBareImage, PROBE_IN_IMAGE } from '../bare-image.ts';
import { type OwnEngine, startOwnEngine } from '../docker-engine.ts';
import { GVISOR_RUNTIME, startGvisorEngine } from '../gvisor.ts';
import { ALWAYS_THERE, type ContainerConfig, LEFT_OUT } from './container-protections.ts';
import { SERVING, type Stage } from './stage.ts';

/** The containers run on gVisor, with ESCAPES_RUNTIME=runsc. */
const isGvisor = process.env.ESCAPES_RUNTIME === GVISOR_RUNTIME;

/** Why there are no containers that lack what a stage lacks; `null` when there are. */
export function whyAlwaysThere({ lacking }: Stage): string | null {
  if (isNested && lacking.length > 0) return 'the container around the boxes stays';
  if (isGvisor && lacking.length > 0) return 'gVisor’s own protections cannot be left out';
  return lacking.map((name) => ALWAYS_THERE[name]).find((reason) => reason !== undefined) ?? null;
}

/** Boxes are made in one container, with ESCAPES_SANDBOX=nested. */
const isNested = process.env.ESCAPES_SANDBOX === 'nested';

/** Nothing is kept ready, and a container lives for one submission unless boxes are made in it. */
const start = (usual: NestedSandboxOptions): Promise<Sandbox> =>
  isNested
    ? createNestedSandbox(usual)
    : createDockerSandbox({ ...usual, poolSize: 0, runtime: isGvisor ? GVISOR_RUNTIME : undefined });

let starting: Promise<OwnEngine> | null = null;
let holding: Promise<string> | null = null;

/** The engine of all stages. Nobody else's is attacked. */
function engineOfStages(): Promise<OwnEngine> {
  starting ??= isGvisor ? startGvisorEngine() : startOwnEngine();
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
      start({
        engine: changing(engine, (config) => changeConfig(config, stage, binds, sharedIpc)),
        slots,
        artifactCacheBytes: isNested ? 64 * MIB : 0,
        home: randomUUID(),
        log: createTestLog(({ message }) => log(message)),
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
