// Decides where an engine's boxes are: in one container of each image, or a container for each submission. A trial at
// the start decides unless the settings do.

import { createHash } from 'node:crypto';
import {
  createDockerSandbox,
  type DockerSandbox,
  type ImageSandbox,
} from '../docker/driver/docker-sandbox.ts';
import { createNestedSandbox } from '../docker/driver/nested-sandbox.ts';
import type { DockerEngine } from '../docker/engine.ts';
import type { LanguageImage } from '../docker/images/image-catalog.ts';
import type { Log } from '../log.ts';
import type { SharedBuilds } from '../sandbox/shared-builds.ts';
import type { Config } from '../settings/config.ts';
import { MIB } from '../units.ts';

export interface DockerBoxesParts {
  readonly config: Config;
  readonly log: Log;
  readonly engine: DockerEngine;
  readonly images: readonly LanguageImage[];
  readonly sharedBuilds?: SharedBuilds | undefined;
}

export interface DockerBoxes {
  readonly sandbox: ImageSandbox;
  /** Containers that are kept ready; `null` if boxes are made in one. */
  readonly pool: DockerSandbox['pool'] | null;
  readonly boxes: 'nested' | 'container';
  /** Public: it names no path of the host. */
  readonly reason: string;
}

/** Throws an Error if the boxes that the settings name are not isolated, or the engine does not answer. */
export async function startDockerBoxes(parts: DockerBoxesParts): Promise<DockerBoxes> {
  const without = whyNotNested(parts);
  if (without !== null) return useContainers(parts, without);
  try {
    return await useNested(parts);
  } catch (error) {
    if (parts.config.dockerBoxes === 'nested') throw error;
    parts.log.warn(
      { err: error },
      'boxes in a container failed their trial: each submission gets a container',
    );
    return useContainers(parts, 'boxes in a container failed their trial, the log says why');
  }
}

function whyNotNested({ config, images }: DockerBoxesParts): string | null {
  if (config.dockerBoxes === 'container') return 'DOCKER_BOXES is container';
  if (config.dockerBoxes === 'nested') return null;
  if (config.dockerRuntime !== null) return 'DOCKER_RUNTIME is set';
  return images.length === 0 ? 'no image to try boxes in' : null;
}

async function useNested({
  config,
  log,
  engine,
  images,
  sharedBuilds,
}: DockerBoxesParts): Promise<DockerBoxes> {
  const sandbox = await createNestedSandbox({
    engine,
    slots: config.concurrency,
    sessions: config.interactiveSessions,
    artifactCacheBytes: config.artifactCacheMb * MIB,
    sharedBuilds,
    isolation: config.isolation,
    runtime: config.dockerRuntime ?? undefined,
    home: homeOf(config),
    log,
  });
  await tryFirst(sandbox, images);
  const reason = images.length === 0 ? 'DOCKER_BOXES is nested' : 'boxes in a container passed their trial';
  return { sandbox, pool: null, boxes: 'nested', reason };
}

async function useContainers(
  { config, log, engine, images, sharedBuilds }: DockerBoxesParts,
  reason: string,
): Promise<DockerBoxes> {
  const sandbox = await createDockerSandbox({
    engine,
    slots: config.concurrency,
    sessions: config.interactiveSessions,
    poolSize: config.dockerPoolSize,
    artifactCacheBytes: config.artifactCacheMb * MIB,
    sharedBuilds,
    runtime: config.dockerRuntime ?? undefined,
    home: homeOf(config),
    log,
  });
  await tryFirst(sandbox, images);
  return { sandbox, pool: sandbox.pool, boxes: 'container', reason };
}

async function tryFirst(sandbox: ImageSandbox, images: readonly LanguageImage[]): Promise<void> {
  const [first] = images;
  if (!first) return;
  const root = { fingerprint: first.id, image: first.id };
  await sandbox.selfTest(root).catch((error) => sandbox.close().then(() => Promise.reject(error)));
}

/** Identifies containers of earlier processes with the same data directory. */
function homeOf({ dataDirectory }: Config): string {
  return createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
}
