// The state that lives and dies with one supervisor process: the roots, files and builds it holds, and their numbers.

import {
  type Build,
  type BuildCache,
  createBuildCache,
  isRepeatable,
  type Sharing,
  sizeOfBuild,
} from '../build-cache.ts';
import { type BoxFile, type DirectoryRoot, type RootFileSystem, SandboxError } from '../sandbox.ts';
import type { SharedBuilds } from '../shared-builds.ts';
import { createSourceCache, type SourceCache } from '../source-cache.ts';
import type { Supervisor } from './supervisor.ts';

export interface SupervisorState {
  readonly supervisor: Supervisor;
  readonly builds: BuildCache;
  readonly sources: SourceCache;
  /** Removes builds and sources that no workspace uses; `bytes` counts both. */
  clear(): { readonly builds: number; readonly bytes: number };
  /** The root's number; a new root is sent to the supervisor. */
  root(root: RootFileSystem): Promise<number>;
  /** An unused number for an artifact. */
  nextArtifact(): number;
  /** Stores files under a new number. What is asked for next is done after that. */
  store(files: readonly BoxFile[]): { readonly artifact: number; readonly stored: Promise<void> };
}

/** Of the bytes for builds, sources may have this part as well. */
const SHARE_OF_SOURCES = 1 / 8;

export interface SupervisorStateOptions {
  /** Bytes of builds that are kept. */
  readonly capacityBytes: number;
  readonly sharedBuilds?: SharedBuilds | undefined;
}

export function createSupervisorState(
  supervisor: Supervisor,
  { capacityBytes, sharedBuilds }: SupervisorStateOptions,
): SupervisorState {
  const roots = new Map<string, Promise<number>>();
  let lastRoot = 0;
  let lastArtifact = 0;
  const sharing = sharedBuilds && shareBuilds(supervisor, sharedBuilds, () => ++lastArtifact);
  const builds = createBuildCache<number>({
    sharing,
    capacityBytes,
    worthKeeping: ({ outcome }) => isRepeatable(outcome),
    remove: (build: Build) => build.artifact !== 0 && supervisor.drop(build.artifact),
  });

  function store(files: readonly BoxFile[]) {
    const artifact = ++lastArtifact;
    return { artifact, stored: supervisor.store(artifact, files) };
  }

  const sources = createSourceCache({
    capacityBytes: capacityBytes * SHARE_OF_SOURCES,
    store,
    drop: supervisor.drop,
  });

  async function addRoot(root: DirectoryRoot): Promise<number> {
    const number = ++lastRoot;
    await supervisor.addRoot(number, root).catch((error) => {
      roots.delete(root.fingerprint); // its directories may exist the next time
      throw error;
    });
    return number;
  }

  return {
    supervisor,
    builds,
    sources,
    clear() {
      const cleared = builds.clear();
      return { builds: cleared.builds, bytes: cleared.bytes + sources.clear() };
    },
    root(root) {
      if (!('mounts' in root) && supervisor.imageRoot !== undefined)
        return Promise.resolve(supervisor.imageRoot);
      if (!('mounts' in root))
        throw new SandboxError('the native sandbox shows directories, not images', { retryable: false });
      if (root.mounts.length === 0) return Promise.resolve(0);
      const number = roots.get(root.fingerprint) ?? addRoot(root);
      roots.set(root.fingerprint, number);
      return number;
    },
    nextArtifact: () => ++lastArtifact,
    store,
  };
}

/** Artifact 0 is a build that left nothing. */
function shareBuilds(
  supervisor: Supervisor,
  builds: SharedBuilds,
  nextArtifact: () => number,
): Sharing<number> {
  return {
    builds,
    export: async ({ outcome, artifact, bytes }) => {
      if (bytes > builds.maxFileBytes) return null;
      return { outcome, files: artifact === 0 ? new Uint8Array() : await supervisor.fetch(artifact) };
    },
    import: async ({ outcome, files }) => {
      const artifact = files.length === 0 ? 0 : nextArtifact();
      if (artifact !== 0) await supervisor.restore(artifact, files);
      return { outcome: { ...outcome, cached: true }, artifact, bytes: sizeOfBuild(outcome, files.length) };
    },
  };
}
