// The units and the script that installs them: what systemd says of the units, and in which order processes are replaced.
// A directory stands for the machine, and a script of this test for systemctl and curl.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const UNITS = join(import.meta.dirname, '../deploy/systemd');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const WITHOUT_SYSTEMD = hasSystemd ? false : 'systemd-analyze is not installed';
/** Of the levels of systemd-analyze, from 0 to 10: an API process needs next to nothing. */
const MAX_API_EXPOSURE = 2;

/** A small project with the script, a machine, and commands that note what they are asked. */
function prepare(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'systemd-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const [project, root, bin] = ['project', 'root', 'bin'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(project, 'deploy'), { recursive: true });
  mkdirSync(bin);
  cpSync(UNITS, join(project, 'deploy/systemd'), { recursive: true });
  const release = (version: string) =>
    writeFileSync(join(project, 'package.json'), `{\n  "version": "${version}",\n}\n`);
  const calls = join(directory, 'calls');
  const command = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >>${calls}\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  command('systemctl', 'exit 0');
  command('curl', `[[ "$*" != *:$(cat ${directory}/broken 2>/dev/null || echo none)/* ]]`);
  const install = (...options: readonly string[]) => {
    writeFileSync(calls, '');
    const PATH = `${bin}:${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync(join(project, 'deploy/systemd/install.sh'), options, {
      env: { PATH, ROOT: root, READY_SECONDS: '0' },
      encoding: 'utf8',
    });
    const log = readFileSync(calls, 'utf8').replaceAll('code-execution-', '').trim().split('\n');
    return { status, said: stdout + stderr, log: log.filter((line) => !line.includes('enable')) };
  };
  const current = () => basename(readlinkSync(join(root, 'opt/code-execution-service/current')));
  return {
    root,
    release,
    install,
    current,
    break: (port: string) => writeFileSync(join(directory, 'broken'), port),
  };
}

const ready = (port: number) => `curl -sf -o /dev/null http://127.0.0.1:${port}/health/ready`;

test('processes are replaced one after the other, each once the one before is ready', (t) => {
  const machine = prepare(t);
  machine.release('1.0.0');
  const { status, log, said } = machine.install('api', '3004', '3005');
  assert.equal(status, 0, said);
  assert.deepEqual(log, [
    'systemctl daemon-reload',
    ...['systemctl restart api@3004', ready(3004)],
    ...['systemctl restart api@3005', ready(3005)],
  ]);
  assert.match(machine.current(), /^1\.0\.0-[0-9a-f]{12}$/);
  for (const file of [
    'etc/systemd/system/code-execution-api@.service',
    'etc/code-execution-service/api.env',
  ]) {
    assert.ok(existsSync(join(machine.root, file)), file);
  }
});

test('a release that does not become ready is taken back, and the others go on with the one before', (t) => {
  const machine = prepare(t);
  machine.release('1.0.0');
  machine.install('worker', '3104', '3105');
  const before = machine.current();
  machine.release('2.0.0');
  machine.break('3104');
  const { status, log, said } = machine.install('worker', '3104', '3105');
  assert.equal(status, 1);
  assert.match(said, /worker@3104 is not ready/);
  assert.equal(machine.current(), before);
  assert.deepEqual(log.slice(1), [
    ...['systemctl restart worker@3104', ready(3104)],
    'systemctl restart worker@3104',
  ]);
});

test('settings that are there stay, and wrong options are refused', (t) => {
  const machine = prepare(t);
  machine.release('1.0.0');
  machine.install('api', '3004');
  const settings = join(machine.root, 'etc/code-execution-service/api.env');
  writeFileSync(settings, 'REDIS_URL=redis://other\n');
  machine.install('api', '3004');
  assert.equal(readFileSync(settings, 'utf8'), 'REDIS_URL=redis://other\n');
  for (const options of [[], ['api'], ['both', '3004'], ['api', 'x'], ['api', '70000']]) {
    assert.equal(machine.install(...options).status, 2, options.join(' '));
  }
});

test('systemd knows all that the units say, and an API process is next to nothing to it', {
  skip: WITHOUT_SYSTEMD,
}, (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'units-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const name of globSync('*.service', { cwd: UNITS })) {
    // Neither the directory nor the program of a service is on this machine.
    const text = readFileSync(join(UNITS, name), 'utf8').replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
    const file = join(directory, name.replace('@', '@1'));
    writeFileSync(file, text);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    assert.equal(`${stdout}${stderr}`, '', name);
    if (!name.includes('-api@')) continue;
    const threshold = `--threshold=${MAX_API_EXPOSURE * 10}`;
    const security = spawnSync('systemd-analyze', ['security', '--offline=true', threshold, file], {
      encoding: 'utf8',
    });
    assert.equal(security.status, 0, security.stdout.trim().split('\n').at(-1));
  }
});
