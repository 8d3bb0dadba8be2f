// Checks this machine before anything is started. Each message names the thing, its value and a way out. It starts
// nothing.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askVersion, createDockerEngine } from '../docker/engine.ts';
import type { Config } from '../settings/config.ts';

const ENGINE_TIMEOUT_MS = 3000;

/** Throws an Error that names the first unmet requirement. */
export async function checkMachine(config: Config): Promise<void> {
  await checkDataDirectory(config.dataDirectory);
  checkPodUsers(config, await readFile('/proc/self/uid_map', 'utf8').catch(() => ''), process.env);
  if (isRoot() || config.sandbox === 'docker' || config.role === 'api') return;
  if (config.sandbox === 'native') throw notRoot('SANDBOX is native');
  if (!(await engineAnswers(config))) throw notRoot(`no Docker engine answers at ${config.dockerHost}`);
}

/** Throws if native boxes cannot be made on this machine. `reason` says why they are needed. */
export async function checkNativeBoxes(reason: string): Promise<void> {
  if (!isRoot()) throw notRoot(reason);
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => null);
  if (mounts === null)
    throw new Error('/proc cannot be read: mount it first with "mount -t proc proc /proc"');
  if (!isRootMounted(mounts))
    throw new Error(
      'the root directory / is no mount point, as in a chroot into a plain directory, so no boxes can be made: ' +
        'first bind the directory over itself with "mount --bind DIRECTORY DIRECTORY", then chroot into it',
    );
}

/** A user map that is the machine's own: each number means itself. */
const OWN_USERS = /^\s*0\s+0\s+4294967295\s*$/;

/** Throws if this is a worker's Pod whose root is the node's: older runtimes ignore `hostUsers: false` silently. */
export function checkPodUsers(
  { role, allowHostUsers }: Pick<Config, 'role' | 'allowHostUsers'>,
  uidMap: string,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const isPod = environment.KUBERNETES_SERVICE_HOST !== undefined;
  if (role !== 'worker' || !isPod || allowHostUsers || !OWN_USERS.test(uidMap)) return;
  throw new Error(
    'hostUsers: false was ignored: root of this Pod is root of its node. User namespaces need Kubernetes 1.33 and ' +
      'containerd 2.0 with runc 1.2, or CRI-O 1.25; ALLOW_HOST_USERS=true lets the worker start without them',
  );
}

/** Whether the root directory of the process with this mountinfo is a mount point. */
export function isRootMounted(mountinfo: string): boolean {
  return mountinfo.split('\n').some((line) => line.split(' ')[4] === '/');
}

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function notRoot(reason: string): Error {
  return new Error(
    `native boxes (${reason}) can be made by root only, this is uid ${process.geteuid?.()}: start with ` +
      '"sudo npm start", or set SANDBOX=docker, which needs a Docker engine that this user may use',
  );
}

async function engineAnswers({ dockerHost }: Config): Promise<boolean> {
  const engine = createDockerEngine(dockerHost);
  try {
    await askVersion(engine, ENGINE_TIMEOUT_MS);
    return true;
  } catch {
    return false;
  } finally {
    await engine.close();
  }
}

/** By the code of the error. */
const WRITE_FAILURES: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOSPC: 'its disk is full',
  EDQUOT: "this user's quota is used up",
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'it is not a directory',
};

/** Creates the directory and writes a file to it. */
async function checkDataDirectory(directory: string): Promise<void> {
  const file = join(directory, `.write-test-${process.pid}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, '');
    await rm(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = WRITE_FAILURES[code] ?? (error as Error).message;
    throw new Error(
      `DATA_DIR ${directory} cannot be written to, ${why} (${code}): set DATA_DIR to a directory that uid ` +
        `${process.geteuid?.()} may write to`,
    );
  }
}

/** The failure of `listen`, as a message that names the settings. */
export function listenFailure(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new Error(
      `port ${port} of ${host} is in use (${code}): stop the process that listens there ` +
        `("ss -ltnp sport = :${port}" shows it), or set PORT to another port`,
    );
  if (code === 'EACCES')
    return new Error(`port ${port} of ${host} is for root only (${code}): set PORT to one from 1024 on`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Error(
      `HOST ${host} is no address of this machine (${code}): set HOST to one, such as 127.0.0.1`,
    );
  return error;
}
