// Decides which driver runs programs and where their toolchains come from: containers of a Docker engine, or boxes of
// this machine. It knows settings and both drivers, and nothing of executions or HTTP.

import manifest from '../../package.json' with { type: 'json' };
import type { ImageSandbox } from '../docker/driver/docker-sandbox.ts';
import { readVersions } from '../docker/driver/image-versions.ts';
import { askVersion, createDockerEngine, type DockerEngine, EngineError } from '../docker/engine.ts';
import { createImageCatalog, type ImageCatalog, type LanguageImage } from '../docker/images/image-catalog.ts';
import { findLanguageImages } from '../docker/images/language-images.ts';
import { offerLanguages } from '../languages/catalog.ts';
import { entriesAmong } from '../languages/versions.ts';
import type { Log } from '../log.ts';
import { createNativeSandbox } from '../sandbox/native/native-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SharedBuilds } from '../sandbox/shared-builds.ts';
import type { Config } from '../settings/config.ts';
import { createToolchainCatalog } from '../toolchains/catalog.ts';
import { joinVersions } from '../toolchains/installed-versions.ts';
import { proveToolchain, usualLimits } from '../toolchains/prove-toolchain.ts';
import type { ToolchainCatalog } from '../toolchains/toolchain.ts';
import { MIB } from '../units.ts';
import { type DockerBoxes, startDockerBoxes } from './docker-boxes.ts';
import { checkNativeBoxes, isRoot } from './start-checks.ts';

/** The chosen sandbox and the reason. */
export interface ChosenSandbox {
  readonly sandbox: Sandbox;
  readonly toolchains: ToolchainCatalog;
  /** Public: it names no path of the host. */
  readonly reason: string;
  /** What the Docker driver works with; `null` when boxes are native. */
  readonly docker: DockerParts | null;
}

interface DockerParts {
  readonly engine: DockerEngine;
  /** Asks the engine for its version. Throws an `EngineError`. */
  version(): Promise<string>;
  readonly sandbox: ImageSandbox;
  /** Containers that are kept ready; `null` if boxes are made in one. */
  readonly pool: DockerBoxes['pool'];
  readonly catalog: ImageCatalog;
}

const ENGINE_TIMEOUT_MS = 3000;

export interface SandboxParts {
  readonly config: Config;
  readonly log: Log;
  /** Builds that other workers made too. */
  readonly sharedBuilds?: SharedBuilds | undefined;
}

/** Adds to `started` how each part is stopped. Throws an Error that says what is missing. */
export async function chooseSandbox(
  parts: SandboxParts,
  started: AsyncDisposableStack,
): Promise<ChosenSandbox> {
  if (parts.config.sandbox === 'native') return useNative(parts, started, 'SANDBOX is native');
  const docker = await tryDocker(parts, started);
  return typeof docker === 'string' ? useNative(parts, started, docker) : docker;
}

/** Returns why Docker is not used. Throws if the settings require it. */
async function tryDocker(
  { config, log, sharedBuilds }: SandboxParts,
  started: AsyncDisposableStack,
): Promise<ChosenSandbox | string> {
  await using own = new AsyncDisposableStack();
  const engine = createDockerEngine(config.dockerHost);
  own.defer(() => engine.close());
  const asked = config.sandbox === 'docker';
  try {
    const version = await askVersion(engine, ENGINE_TIMEOUT_MS);
    const images = await findImages(engine, config);
    if (images.length === 0 && !asked)
      return `Docker ${version} has no image of any language: npm run images builds them`;
    const docker = await startDockerBoxes({ config, log, sharedBuilds, engine, images });
    if (!asked && isSlowerThanNative(docker, config)) {
      await docker.sandbox.close();
      return `native boxes are faster, as ${docker.reason}`;
    }
    const reason = `${asked ? 'SANDBOX is docker' : `Docker ${version} answers and has images`}; ${docker.reason}`;
    const chosen = await useDocker({ config, log, started: own, engine }, docker, reason);
    started.use(own.move());
    return chosen;
  } catch (error) {
    if (asked) throw error;
    if (error instanceof EngineError && error.status === null) return 'no Docker engine answers';
    log.error({ err: error }, 'Docker cannot be used');
    return 'Docker cannot be used, the log says why';
  }
}

/** A container for each submission costs several times a box; who chose it or its runtime keeps it. */
function isSlowerThanNative({ boxes }: DockerBoxes, { dockerBoxes, dockerRuntime }: Config): boolean {
  return boxes === 'container' && dockerBoxes === 'auto' && dockerRuntime === null && isRoot();
}

async function useNative(
  { config, log, sharedBuilds }: SandboxParts,
  started: AsyncDisposableStack,
  reason: string,
): Promise<ChosenSandbox> {
  await checkNativeBoxes(reason);
  log.info({ sandbox: 'native', reason }, 'programs run in native boxes');
  const sandbox = await createNativeSandbox({
    slots: config.concurrency,
    sessions: config.interactiveSessions,
    dataDirectory: config.dataDirectory,
    isolation: config.isolation,
    warmBytes: config.warmMemoryMb * MIB,
    artifactCacheBytes: config.artifactCacheMb * MIB,
    sharedBuilds,
    log,
  });
  started.defer(() => sandbox.close());
  const languages = offerLanguages(config.languages).installed;
  const catalog = await createToolchainCatalog({
    languages,
    dataDirectory: config.dataDirectory,
    mode: config.toolchains,
    ...(config.debianMirror && { debianMirror: config.debianMirror }),
    mayInstall: config.installPackages,
    prove: (language, toolchain, signal) => proveToolchain(sandbox, language, toolchain, signal),
    log: (message, details, level = 'info') => log[level](details ?? {}, message),
  });
  started.defer(() => catalog.close());
  return { sandbox, toolchains: joinVersions(catalog, entriesAmong(languages)), reason, docker: null };
}

interface DockerChoice {
  readonly config: Config;
  readonly log: Log;
  readonly started: AsyncDisposableStack;
  readonly engine: DockerEngine;
}

async function useDocker(choice: DockerChoice, docker: DockerBoxes, reason: string): Promise<ChosenSandbox> {
  const { config, log, started, engine } = choice;
  const { sandbox, pool, boxes } = docker;
  started.defer(() => sandbox.close());
  log.info({ sandbox: 'docker', boxes, engine: config.dockerHost, reason }, 'programs run in containers');
  const languages = offerLanguages(config.languages).installed;
  const entries = await createImageCatalog({
    languages,
    dataDirectory: config.dataDirectory,
    findImages: () => findImages(engine, config),
    selfTest: (root) => sandbox.selfTest(root),
    readVersions: (root, signal) => readVersions(sandbox, root, signal),
    prove: (language, toolchain, signal) => proveToolchain(sandbox, language, toolchain, signal),
    onReady: (language, { root }) => {
      if ('image' in root) sandbox.warm(root, usualLimits(language, config.cpuLimit));
    },
    log: (message, details, level = 'info') => log[level](details ?? {}, message),
  });
  started.defer(() => entries.close());
  const catalog = joinVersions(entries, entriesAmong(languages));
  const version = () => askVersion(engine, ENGINE_TIMEOUT_MS);
  return { sandbox, toolchains: catalog, reason, docker: { engine, version, sandbox, pool, catalog } };
}

function findImages(engine: DockerEngine, { imageRepository }: Config): Promise<LanguageImage[]> {
  return findLanguageImages(engine, { repository: imageRepository, version: manifest.version });
}
