// Makes a Debian system with mmdebstrap, as a directory or an archive, and what every system made here has in common:
// which suites it may take packages from, and what it leaves out.

import type { DebianRelease } from './debian-mirror.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import type { Log } from './toolchain.ts';

const MAKE_TIMEOUT_MS = 30 * 60 * 1000;
const TOOL = 'mmdebstrap';

/** In bookworm, languages live in main; only Go 1.21 is taken from backports, and nothing else there may replace a package. */
export const PREFERENCES = `Package: *
Pin: release n=bookworm-backports
Pin-Priority: -10

Package: golang-1.21 golang-1.21-*
Pin: release n=bookworm-backports
Pin-Priority: 500
`;
/** Directories of /usr/share that no program needs. */
export const NEVER_READ = ['man', 'doc', 'info', 'locale', 'lintian', 'bug'];

const COMMON_ARGUMENTS = [
  ...['--mode=root', '--skip=check/empty'],
  ...['--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"'],
  ...['--aptopt=Acquire::Retries "3"', '--dpkgopt=force-unsafe-io'],
  ...NEVER_READ.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
];

export interface MmdebstrapOptions {
  readonly release: DebianRelease;
  /** Lines of a sources.list. */
  readonly sources: string;
  readonly temporaryDirectory: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Replaces mmdebstrap. */
  readonly program?: string;
  /** Whether mmdebstrap itself may be installed when it is missing; it may when nothing is said. */
  readonly mayInstall?: boolean | undefined;
}

/** `argv` ends with the target. Throws an Error with the line of mmdebstrap's that matters. */
export async function runMmdebstrap(argv: readonly string[], options: MmdebstrapOptions): Promise<void> {
  if (options.program === undefined) await requireMmdebstrap(options);
  const target = argv.at(-1) ?? '';
  const result = await runPrivately(
    [options.program ?? TOOL, ...COMMON_ARGUMENTS, ...argv.slice(0, -1), options.release, target, '-'],
    options,
    { TMPDIR: options.temporaryDirectory, stdin: options.sources },
  );
  if (result.exitCode !== 0) throw failure(`${TOOL} failed`, result);
}

/** Installs mmdebstrap on this machine if need be. Throws an Error that says why it cannot be had. */
export async function requireMmdebstrap(
  options: Pick<MmdebstrapOptions, 'log' | 'signal' | 'mayInstall'>,
): Promise<void> {
  if (process.geteuid?.() !== 0)
    throw new Error('toolchains can be installed from Debian packages by root only');
  const found = await runCommand([TOOL, '--version'], { timeoutMs: 10_000 }).catch(() => null);
  if (found?.exitCode === 0) return;
  if (options.mayInstall === false)
    throw new Error(
      `${TOOL} is missing, and INSTALL_PACKAGES is false: install it with "apt-get install ${TOOL}"`,
    );
  options.log(`Installing ${TOOL} on this machine with apt-get: toolchains are made with it`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runPrivately(['apt-get', 'update'], options, environment).catch(asFailure);
  const install = await runPrivately(
    ['apt-get', 'install', '-y', '--no-install-recommends', TOOL],
    options,
    environment,
  ).catch(asFailure);
  options.signal.throwIfAborted();
  if (install.exitCode === 0) return;
  const both = { ...install, stderr: `${update.stderr}\n${install.stderr}` };
  throw failure(`${TOOL} is missing and could not be installed`, both);
}

/** In a process namespace of its own, where nothing that a package's script starts outlives the installation. */
async function runPrivately(
  argv: readonly string[],
  options: Pick<MmdebstrapOptions, 'log' | 'signal'>,
  { stdin, ...additions }: Record<string, string>,
): Promise<CommandResult> {
  const namespaces = [
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const environment: Record<string, string> = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    ...additions,
  };
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  const readable = ['sh', '-c', 'umask 022; exec "$@"', 'sh'];
  return runCommand(['unshare', ...namespaces, '--', ...readable, ...argv], {
    environment,
    timeoutMs: MAKE_TIMEOUT_MS,
    signal: options.signal,
    ...(stdin === undefined ? {} : { stdin }),
    onLine: (line) => {
      if (/^[IWE]: (?!running -|running special)/.test(line)) options.log(line.slice(3), { from: argv[0] });
    },
  });
}

function asFailure(error: unknown): CommandResult {
  return { exitCode: null, signal: null, stdout: '', stderr: String(error), timedOut: false };
}

const LAST_LINES = 6;

/** The line that matters first, what the program said last as its cause. */
function failure(what: string, { stderr, timedOut }: CommandResult): Error {
  const lines = stderr.trim().split('\n');
  const cause = new Error(lines.slice(-LAST_LINES).join('; '));
  const reason = timedOut
    ? `it took longer than ${MAKE_TIMEOUT_MS / 60_000} minutes`
    : lineThatMatters(lines);
  return new Error(`${what}: ${reason}`, { cause });
}

/** A full disk explains all else; then comes the first error, since the later ones follow from it. */
export function lineThatMatters(lines: readonly string[]): string {
  const found =
    lines.find((line) => line.includes('No space left on device')) ??
    lines.find((line) => /^(E: |W: Failed to fetch|dpkg: error)/.test(line)) ??
    lines.at(-1) ??
    '';
  const line = found.replace(/\s+/g, ' ').trim();
  const isUnreachable = /Failed to fetch|resolv|connect/i.test(line);
  return isUnreachable ? `${line} (check the network, or set DEBIAN_MIRROR to a mirror within reach)` : line;
}
