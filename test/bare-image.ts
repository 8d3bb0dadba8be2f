// The smallest image that a container can be made from: the supervisor, the probe and the layout of every image, and
// nothing else. It needs no network and is built in a second.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from '../src/docker/engine.ts';
import { BOX_DIRECTORIES, BOX_LINKS, boxUsers, SUPERVISOR_PATH } from '../src/docker/image-layout.ts';
import { buildImage, type ImageRecipe, SUPERVISOR_PROGRAM } from '../src/docker/images/build-image.ts';
import type { ContextEntry } from '../src/docker/images/image-context.ts';
import { imageStatus } from '../src/docker/images/image-status.ts';
import { PROJECT_ROOT } from '../src/settings/setting.ts';

/** Checkouts with different supervisors that share an engine have one each. */
const SUPERVISOR = join(PROJECT_ROOT, SUPERVISOR_PROGRAM);
const SUPERVISOR_HASH = createHash('sha256').update(readFileSync(SUPERVISOR)).digest('hex').slice(0, 12);
export const BARE_IMAGE = `code-execution-service/bare:${SUPERVISOR_HASH}`;
/** Where the probe stands in the image. */
export const PROBE_IN_IMAGE = '/usr/bin/probe';

const DOCKERFILE = `FROM scratch
COPY root/ /
ENTRYPOINT ["${SUPERVISOR_PATH}"]
`;

/** One that differs from what serves. */
export interface BareVariant {
  readonly reference: string;
  /** The program that stands where the supervisor should; `null` for none. */
  readonly supervisor: string | null;
}

const SERVING: BareVariant = { reference: BARE_IMAGE, supervisor: SUPERVISOR };

/** Builds the image unless the engine has it as it would be built. Returns its name. */
export async function buildBareImage(engine: DockerEngine, variant = SERVING): Promise<string> {
  const { reference } = variant;
  const recipe = await bareRecipe(variant);
  if ((await imageStatus(recipe, reference, engine)).state === 'current') return reference;
  await buildImage(recipe, engine, { reference, onProgress: () => {} });
  return reference;
}

async function bareRecipe({ supervisor }: BareVariant): Promise<ImageRecipe> {
  const probe = join(PROJECT_ROOT, 'supervisor/build/probe');
  const users = boxUsers();
  const root: ContextEntry[] = [
    ...[
      ...BOX_DIRECTORIES.map((path) => path.slice(1)),
      'dev',
      'proc',
      'sys',
      'etc',
      'usr/bin',
      'usr/lib',
      'opt',
    ].map((path) => ({ path: `root/${path}`, directory: true }) as const),
    ...Object.entries(BOX_LINKS).map(([path, link]) => ({ path: `root${path}`, link })),
    { path: 'root/bin', link: 'usr/bin' },
    { path: 'root/etc/passwd', content: `root:x:0:0::/:/bin/sh\n${users.passwd}` },
    { path: 'root/etc/group', content: `root:x:0:\n${users.group}` },
    ...(supervisor === null
      ? []
      : [{ path: `root${SUPERVISOR_PATH}`, source: supervisor, executable: true } as const]),
    { path: `root${PROBE_IN_IMAGE}`, source: probe, executable: true },
  ];
  const hash = createHash('sha256').update(DOCKERFILE).update(JSON.stringify(root));
  for (const program of [supervisor ?? probe, probe]) hash.update(await readFile(program));
  return {
    name: 'bare',
    languages: [],
    dockerfile: 'Dockerfile',
    files: [{ path: 'Dockerfile', content: DOCKERFILE }, ...root],
    hash: hash.digest('hex').slice(0, 32),
  };
}
