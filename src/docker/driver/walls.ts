// The containers in which boxes are made, one for each image. Knows when one is renewed and when it ends, and nothing of
// how it is started.

import type { Log } from '../../log.ts';
import { type KeptSupervisor, keepSupervisor } from '../../sandbox/native/kept-supervisor.ts';
import type { SupervisorState } from '../../sandbox/native/supervisor-state.ts';
import type { Workspace } from '../../sandbox/sandbox.ts';

export interface WallsOptions {
  /** Starts a container of an image and the supervisor in it. */
  start(image: string): Promise<SupervisorState>;
  /** Submissions after which a container is renewed. */
  readonly renewAfter: number;
  readonly log: Log;
}

export interface Walls {
  /** Opens a workspace in the container of an image, which does not end before the workspace is closed. */
  use(image: string, open: (current: KeptSupervisor['current']) => Promise<Workspace>): Promise<Workspace>;
  warm(image: string): void;
  clearBuilds(): Promise<{ readonly builds: number; readonly bytes: number }>;
  close(): Promise<void>;
}

interface Wall {
  readonly kept: KeptSupervisor;
  readonly startedAt: number;
  usedAt: number;
  submissions: number;
  /** Workspaces that are open. */
  open: number;
  /** Set while and after another one is started in its place. */
  renewal: Promise<void> | null;
  isRetired: boolean;
}

/** Well below the age at which clean-ups take a container for one of a dead service. */
const MAX_AGE_MS = 3 * 3600_000;
/** An image that was built anew leaves a container that nobody uses. */
const IDLE_MS = 3600_000;
const IDLE_CHECK_MS = 5 * 60_000;

export function createWalls({ start, renewAfter, log }: WallsOptions): Walls {
  const walls = new Map<string, Wall>(); // by image
  const retired = new Set<Wall>();

  function wallOf(image: string): Wall {
    const wall = walls.get(image) ?? createWall(() => start(image));
    walls.set(image, wall);
    return wall;
  }

  /** It ends when the last workspace in it is closed. */
  function retire(image: string, wall: Wall): void {
    if (walls.get(image) === wall) walls.delete(image);
    wall.isRetired = true;
    retired.add(wall);
    closeIfUnused(wall);
  }

  function closeIfUnused(wall: Wall): void {
    if (wall.isRetired && wall.open === 0) void wall.kept.close().then(() => retired.delete(wall));
  }

  function leave(wall: Wall): void {
    wall.open -= 1;
    wall.usedAt = performance.now();
    closeIfUnused(wall);
  }

  /** Starts the next container beside this one, which serves until that is ready. */
  async function renew(image: string, wall: Wall): Promise<void> {
    const next = createWall(() => start(image));
    try {
      await next.kept.current();
      retire(image, wall);
      walls.set(image, next);
    } catch (error) {
      log.warn({ err: error }, 'a container for boxes could not be renewed, the old one stays');
      await next.kept.close();
      wall.submissions = 0;
      wall.renewal = null;
    }
  }

  const idleCheck = setInterval(() => {
    for (const [image, wall] of walls)
      if (wall.open === 0 && performance.now() - wall.usedAt > IDLE_MS) retire(image, wall);
  }, IDLE_CHECK_MS).unref();

  return {
    async use(image, open) {
      const wall = wallOf(image);
      wall.submissions += 1;
      wall.open += 1;
      if (isDue(wall, renewAfter)) wall.renewal = renew(image, wall);
      try {
        return withEnd(await open(wall.kept.current), () => leave(wall));
      } catch (error) {
        leave(wall);
        throw error;
      }
    },
    warm: (image) =>
      void wallOf(image)
        .kept.current()
        .catch(() => undefined),
    clearBuilds: () => clearBuilds([...walls.values()]),
    async close() {
      clearInterval(idleCheck);
      await Promise.all([...walls.values(), ...retired].map(({ renewal }) => renewal));
      await Promise.all([...walls.values(), ...retired].map(({ kept }) => kept.close()));
    },
  };
}

function createWall(start: () => Promise<SupervisorState>): Wall {
  const now = performance.now();
  const kept = keepSupervisor(start);
  return { kept, startedAt: now, usedAt: now, submissions: 0, open: 0, renewal: null, isRetired: false };
}

function isDue({ submissions, startedAt, renewal }: Wall, renewAfter: number): boolean {
  return renewal === null && (submissions > renewAfter || performance.now() - startedAt > MAX_AGE_MS);
}

/** Calls `end` once the workspace is closed, whether or not that worked. */
function withEnd(workspace: Workspace, end: () => void): Workspace {
  return {
    ...workspace,
    async [Symbol.asyncDispose]() {
      try {
        await workspace[Symbol.asyncDispose]();
      } finally {
        end();
      }
    },
  };
}

async function clearBuilds(walls: readonly Wall[]) {
  let builds = 0;
  let bytes = 0;
  for (const { kept } of walls) {
    const cleared = (await kept.current()).clear();
    builds += cleared.builds;
    bytes += cleared.bytes;
  }
  return { builds, bytes };
}
