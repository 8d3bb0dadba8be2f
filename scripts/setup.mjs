// Brings what the service needs besides npm packages: builds the pages and the supervisor, and installs the Debian
// packages for the latter when they are missing and it may. Plain JavaScript, since npm can run it with whatever Node the machine has. Silent
// and done in milliseconds when there is nothing to do.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, majorOf } from './own-node.mjs';
import { arePagesBuilt } from './page-sources.mjs';

const PROJECT = resolve(fileURLToPath(import.meta.url), '../..');
const SUPERVISOR = join(PROJECT, 'supervisor');
/** The oldest that are tried: older ones install other packages, or none. */
const MIN_NODE = 18;
const MIN_NPM = 8;
/** What `make` needs, and the Debian packages that bring it. */
const PROGRAMS = { make: 'make', gcc: 'gcc' };
const C_LIBRARY = 'libc6-dev';
/** Program and package of the same name, which the barest Debian lacks. */
const MOUNT = 'mount';

class SetupError extends Error {}

function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** True when the built program is newer than all it is made from. Then neither make nor gcc has to be there. */
function isSupervisorBuilt() {
  const built = newestFile(join(SUPERVISOR, 'build'), Math.min);
  return built !== undefined && built >= newestFile(SUPERVISOR, Math.max);
}

/** The time of change that `choose` picks among the files of a directory; `undefined` when there is none. */
function newestFile(directory, choose) {
  try {
    const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    const times = files.map((file) => statSync(join(directory, file.name)).mtimeMs);
    return times.length > 0 ? choose(...times) : undefined;
  } catch {
    return undefined;
  }
}

function run(command, options = {}) {
  const result = spawnSync(command[0], command.slice(1), { encoding: 'utf8', ...options });
  return { failed: result.status !== 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() };
}

/** INSTALL_PACKAGES, from the environment or from `.env`, as the service reads it. */
function mayInstall() {
  const written = process.env.INSTALL_PACKAGES?.trim() || settingInFile();
  return !['false', '0', 'no'].includes(written.toLowerCase());
}

function settingInFile() {
  try {
    const text = readFileSync(join(PROJECT, '.env'), 'utf8');
    const values = [...text.matchAll(/^\s*(?:export\s+)?INSTALL_PACKAGES\s*=\s*["'`]?(\w*)/gm)];
    return values.at(-1)?.[1] ?? '';
  } catch {
    return '';
  }
}

function installPackages(packages, reason) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const advice = `${reason}: install ${packages.join(', ')}, on Debian as root with: ${command}`;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) throw new SetupError(advice);
  if (!mayInstall()) throw new SetupError(`${advice}\nINSTALL_PACKAGES is false, so nothing is installed`);
  console.error(`setup: ${reason}: installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = run(['apt-get', 'update', '-q'], { env });
  const install = run(command.split(' '), { env });
  if (install.failed) throw new SetupError(`${advice}\n${update.output}\n${install.output}`);
}

function hasCLibrary() {
  const { output } = run(['gcc', '-print-file-name=libc.a']);
  return output.includes('/');
}

function buildSupervisor() {
  const missing = Object.keys(PROGRAMS).filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = missing.map((program) => PROGRAMS[program]);
    installPackages([...packages, C_LIBRARY], `building the supervisor needs ${missing.join(' and ')}`);
  }
  let build = run(['make', '-s', '-C', SUPERVISOR]);
  if (build.failed && !hasCLibrary()) {
    installPackages([C_LIBRARY], "building the supervisor needs the C library's files for development");
    build = run(['make', '-s', '-C', SUPERVISOR]);
  }
  if (build.failed) throw new SetupError(`building the supervisor failed\n${build.output}`);
  if (build.output) console.error(build.output);
}

/** Without its pages, the service still answers its API. */
function buildPages() {
  const build = run([findNode(), join(PROJECT, 'scripts/build-pages.ts')]);
  if (build.failed)
    console.error(`setup: building the pages failed, the API works without them\n${build.output}`);
}

/** What runs npm must be new enough to install what is listed, and must have installed a Node that runs the service. */
function checkNode() {
  const npm = /^npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1];
  const here = `this is Node ${process.versions.node}${npm ? ` with npm ${npm}` : ''}`;
  if (majorOf(process.versions.node) < MIN_NODE || (npm !== undefined && majorOf(npm) < MIN_NPM))
    throw new SetupError(
      `installing needs Node ${MIN_NODE} and npm ${MIN_NPM} or newer, ${here}: install newer ones, ` +
        'on Debian 12 with "apt-get install nodejs npm", elsewhere from https://nodejs.org',
    );
  try {
    findNode();
  } catch (error) {
    throw new SetupError(error.message);
  }
}

function setUp() {
  checkNode();
  if (!arePagesBuilt(PROJECT)) buildPages();
  if (process.platform !== 'linux') {
    console.error(`setup: the sandbox runs on Linux only, this is ${process.platform}: nothing is built`);
    return;
  }
  if (!isSupervisorBuilt()) buildSupervisor();
  // Only root makes boxes on this machine.
  if (process.getuid() === 0 && !isInstalled(MOUNT))
    installPackages([MOUNT], `putting together what programs see needs ${MOUNT}`);
}

try {
  setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
