// The commands of docs/kubernetes.md, run as they are written against a real API server. It has no nodes and runs no Pods, so
// those that wait for Pods are only shown to name what is there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ApiServer, startApiServer } from './api-server.ts';
import { findTool, missing } from './tools.ts';

const PROJECT = join(import.meta.dirname, '../..');
const GUIDE = readFileSync(join(PROJECT, 'docs/kubernetes.md'), 'utf8');
/** What stands for something of the reader's own. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/\bNODE\b/g, 'node-1'],
  [/\bREGISTRY\b/g, 'registry.example.org'],
];
/** Wait for Pods: what bounds the wait, and what the command says without any. */
const WAITING: readonly (readonly [command: RegExp, option: string, says: RegExp])[] = [
  [/ rollout status /, '--watch=false', /^Waiting for/],
  [/ port-forward /, '--pod-running-timeout=1s', /timed out waiting for the condition|no pods/i],
  [/ logs /, '--pod-running-timeout=1s', /timed out waiting for the condition|no pods/i],
];
/** Others define these kinds, and whoever applies them has installed those. */
const FOREIGN = [
  ['keda.sh', 'v1alpha1', 'ScaledObject', 'scaledobjects'],
  ['monitoring.coreos.com', 'v1', 'ServiceMonitor', 'servicemonitors'],
] as const;

/** Of code blocks, of the text, and of the table of overlays, each once. */
function commandsOf(program: string): string[] {
  const blocks = [...GUIDE.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const lines = blocks.flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'));
  const inline = [...GUIDE.matchAll(/`((?:kubectl|helm) [^`\n]+)`/g)].map(([, text]) => text ?? '');
  const overlays = [...GUIDE.matchAll(/^\| `(deploy\/[a-z-]+)` \|/gm)].map(
    ([, path]) => `kubectl apply -k ${path}`,
  );
  const found = [...lines, ...overlays, ...inline].filter((line) => line.startsWith(`${program} `));
  return [...new Set(found)].filter((line) => line !== 'kubectl apply -k');
}

/** With kubectl and helm by their names on the PATH. */
function shellFor({ kubeconfig }: ApiServer, t: { after(end: () => void): void }) {
  const bin = mkdtempSync(join(tmpdir(), 'commands-'));
  t.after(() => rmSync(bin, { recursive: true }));
  for (const name of ['kubectl', 'helm']) {
    const tool = findTool(name);
    if (tool !== null) symlinkSync(tool, join(bin, name));
  }
  const env = { PATH: `${bin}:${process.env.PATH}`, KUBECONFIG: kubeconfig, HOME: bin };
  return (command: string, input = '') => {
    const written = OWN.reduce((text, [name, value]) => text.replace(name, value), command);
    const { status, stdout, stderr } = spawnSync('bash', ['-c', written], {
      ...{ cwd: PROJECT, env, input, encoding: 'utf8' },
    });
    return { status, said: stdout + stderr };
  };
}

function foreignKind([group, version, kind, plural]: (typeof FOREIGN)[number]) {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

test('each kubectl command of the guide does what it says', {
  skip: missing('etcd', 'kube-apiserver', 'kubectl'),
}, async (t) => {
  await using server = await startApiServer();
  const run = shellFor(server, t);
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } };
  const items = [node, ...FOREIGN.map(foreignKind)];
  const prepared = run('kubectl apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  assert.equal(prepared.status, 0, prepared.said);
  for (const { metadata } of items.slice(1)) {
    const established = run(`kubectl wait --for condition=established crd/${metadata.name}`);
    assert.equal(established.status, 0, established.said);
  }
  const commands = commandsOf('kubectl');
  assert.ok(commands.length >= 12, `only ${commands.length} commands were found`);
  for (const command of commands) {
    const waiting = WAITING.find(([pattern]) => pattern.test(command));
    const { status, said } = run(waiting === undefined ? command : `${command} ${waiting[1]}`);
    if (waiting === undefined) assert.equal(status, 0, `${command}: ${said}`);
    else assert.match(said, waiting[2], command);
  }
  const scaled = run('kubectl -n code-execution-workers get deployment/worker -o jsonpath={.spec.replicas}');
  assert.equal(scaled.said, '8');
  const labels = run(
    'kubectl get node/node-1 -o jsonpath={.metadata.labels.code-execution}{.spec.taints[0].effect}',
  );
  assert.equal(labels.said, 'workerNoSchedule');
});

test('the helm command of the guide installs the chart', {
  skip: missing('etcd', 'kube-apiserver', 'helm'),
}, async (t) => {
  await using server = await startApiServer();
  const run = shellFor(server, t);
  const commands = commandsOf('helm');
  assert.equal(commands.length, 1);
  for (const command of commands) {
    const { status, said } = run(command);
    assert.equal(status, 0, `${command}: ${said}`);
  }
  assert.match(run('helm -n code-execution list').said, /fleet\s+code-execution\s+1\s.*deployed/);
});
