// Runs trusted programs inside a toolchain's root, in namespaces of their own: those that build parts of a toolchain, and
// tools that print their version. The root looks as in a box, but this is not a sandbox and never sees a client's code.

import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageCommand } from '../languages/language.ts';
import type { RootMount } from '../sandbox/sandbox.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface ChrootRun {
  readonly mounts: readonly RootMount[];
  /** Directories of this machine that the program may write to. */
  readonly writable?: readonly { readonly source: string; readonly target: string }[];
  readonly command: LanguageCommand;
  /** Runs as nobody, as a box does, where this process may change users. */
  readonly unprivileged: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Exit code of the script when the root could not be put together, so that the program never ran. */
const SET_UP_FAILED = 99;
const NOBODY = 65534;
const PRIVATE_MOUNTS = ['--mount', '--propagation', 'private'];
const NAMESPACES = [...PRIVATE_MOUNTS, '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts'];

/**
 * Arguments: the directory to build the root on, options that change the user, `kind source target` for each mount,
 * `--`, then the program.
 * All mounts are made in a private namespace and are gone with it. The shell stays as the first process of that
 * namespace, because a program that changes its user forgets that it should be killed with its parent.
 */
const SCRIPT = `
trap 'exit ${SET_UP_FAILED}' EXIT
set -eu
umask 022
root=$1 user=$2
shift 2
mount -t tmpfs -o mode=0755,nosuid tmpfs "$root"
mkdir -p "$root/dev" "$root/proc" "$root/etc" "$root/opt" "$root/box/work" "$root/box/out"
chmod 0777 "$root/box/work" "$root/box/out"
mkdir -m 1777 "$root/tmp"
mount -t proc proc "$root/proc"
for node in null zero full random urandom; do
  : >"$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
while [ "$1" != -- ]; do
  kind=$1 source=$2 target=$root$3
  shift 3
  mkdir -p "$(dirname "$target")"
  if [ "$kind" = symlink ]; then ln -s "$source" "$target"; continue; fi
  if [ -d "$source" ]; then mkdir -p "$target"; elif [ ! -e "$target" ]; then : >"$target"; fi
  mount --bind "$source" "$target"
  [ "$kind" = writable ] || mount -o remount,bind,ro,nosuid,nodev "$target"
done
shift
trap - EXIT
unshare $user --root "$root" --wd /box/work "$@" && exit 0
exit $?
`;

/** Throws if the root cannot be put together; the result says how the program ended. */
export async function runInRoot(run: ChrootRun): Promise<CommandResult> {
  const directory = await mkdtemp(join(tmpdir(), 'root-'));
  try {
    const isRoot = process.geteuid?.() === 0;
    const user = isRoot && run.unprivileged ? `--setuid ${NOBODY} --setgid ${NOBODY}` : '';
    const mounts = [
      ...run.mounts.map(({ kind, source, target }) => [kind, source, target]),
      ...(run.writable ?? []).map(({ source, target }) => ['writable', source, target]),
    ];
    // Without root's rights, a user namespace is enough where the machine allows one.
    const namespaces = isRoot ? NAMESPACES : ['--user', '--map-root-user', ...NAMESPACES];
    const script = ['sh', '-c', SCRIPT, 'chroot-runner', directory, user, ...mounts.flat()];
    const result = await runCommand(['unshare', ...namespaces, ...script, '--', ...run.command.argv], {
      environment: { ...run.command.environment, PATH: `/usr/sbin:/sbin:${run.command.environment.PATH}` },
      timeoutMs: run.timeoutMs,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
    });
    if (result.exitCode === SET_UP_FAILED)
      throw new Error(`cannot put the root together: ${result.stderr.trim()}`);
    return result;
  } finally {
    await rmdir(directory).catch(() => {});
  }
}
