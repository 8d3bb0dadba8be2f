// Brings what the service needs besides npm packages: builds the supervisor, and installs the Debian packages for that
// when they are missing and it may. Plain JavaScript, since npm can run it with whatever Node the machine has. Silent
// and done in milliseconds when there is nothing to do.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUPERVISOR = resolve(fileURLToPath(import.meta.url), '../../supervisor');
const NODE_MAJOR = 24;
/** What `make` needs, and the Debian packages that bring it. */
const PROGRAMS = { make: 'make', gcc: 'gcc' };
const C_LIBRARY = 'libc6-dev';

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

function installPackages(packages, reason) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const advice = `${reason}: install ${packages.join(', ')}, on Debian as root with: ${command}`;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) throw new SetupError(advice);
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

function setUp() {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR)
    throw new SetupError(
      `Node ${NODE_MAJOR} or newer is needed, this is ${process.versions.node}: \`npm ci\` brings it along on x64 and arm64 Linux, unless optional packages are left out`,
    );
  if (process.platform !== 'linux') {
    console.error(`setup: the sandbox runs on Linux only, this is ${process.platform}: nothing is built`);
    return;
  }
  if (!isSupervisorBuilt()) buildSupervisor();
}

try {
  setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
