// Clients in Python as their users install them: a virtual environment with pinned versions, made once and kept.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT, TIME_FACTOR } from '../service.ts';

const run = promisify(execFile);
const INSTALL_MS = 180_000 * TIME_FACTOR;
/** Prints the path of the pip that Python brings along: an environment without a copy of its own is made at a tenth of the cost. */
const FIND_PIP = `import ensurepip, glob, os, sysconfig
places = [sysconfig.get_config_var("WHEEL_PKG_DIR"), os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")]
print([wheel for place in places if place for wheel in glob.glob(place + "/pip-*.whl")][0] + "/pip")`;

/** The interpreter of an environment with these requirements; a sentence why there is none where it cannot be made. */
export async function pythonWith(
  requirementsFile: string,
  options: readonly string[] = [],
): Promise<{ python: string } | { missing: string }> {
  const digest = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex').slice(0, 16);
  const cache = join(PROJECT, 'node_modules', '.cache');
  const directory = join(cache, `python-${digest}`);
  const python = join(directory, 'bin', 'python');
  if (existsSync(join(directory, 'complete'))) return { python };
  mkdirSync(cache, { recursive: true });
  rmSync(directory, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', '--without-pip', directory], { timeout: INSTALL_MS });
    await installWith(python, [...options, '-r', requirementsFile]);
    mkdirSync(join(directory, 'unfinished'));
    renameSync(join(directory, 'unfinished'), join(directory, 'complete'));
    return { python };
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr || error).trim();
    // Requirements that contradict each other are a mistake here; what else prevents an installation is missing.
    if (reason.includes('ResolutionImpossible')) throw error;
    return { missing: `the clients cannot be installed: ${reason.split('\n').at(-1)}` };
  }
}

/** Runs `pip install` for an environment. What is never imported is not compiled. */
export async function installWith(python: string, words: readonly string[]): Promise<void> {
  const { stdout } = await run(python, ['-c', FIND_PIP]);
  const options = ['install', '--quiet', '--disable-pip-version-check', '--no-compile'];
  await run(python, [stdout.trim(), ...options, ...words], { timeout: INSTALL_MS });
}

/** What a program in Python printed, as JSON. */
export async function runPython(python: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(python, [...args], { timeout: 60_000 * TIME_FACTOR });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
