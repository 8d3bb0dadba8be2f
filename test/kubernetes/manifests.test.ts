// Everything in deploy/ that describes Pods, as helm and kustomize render it: no Pod has more than it needs, mistakes in
// values are refused by name, and a real API server takes all of it without a warning.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../src/settings/config.ts';
import { type Manifest, startApiServer } from './api-server.ts';
import { findTool, missing } from './tools.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
/** Of which Kubernetes the chart is rendered: helm asks no cluster here. */
const KUBERNETES = '1.34.0';
const FLEET_SECRET = 'x'.repeat(32);

/** Sets of values that together render every part of the chart. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  trial: ['redis.trial=true', 'redis.password=a-long-password', 'api.keys=a-long-api-key'],
  production: [
    ...['redis.existingSecret=redis', 'api.existingKeysSecret=keys', `fleetSecret=${FLEET_SECRET}`],
    ...['worker.autoscaling.kind=external', 'worker.runtimeClassName=code-execution'],
    ...['api.ingress.enabled=true', 'api.ingress.host=a.example.org', 'api.ingress.tlsSecret=tls'],
    ...[
      'settings.LOG_LEVEL=WARNING',
      'worker.settings.ARTIFACT_CACHE_MB=512',
      'image.pullSecrets[0].name=pull',
    ],
  ],
  keda: [
    ...[
      'redis.url=rediss://:secret@redis.example.org',
      'api.keys=a-long-api-key',
      'api.autoscaling.enabled=false',
    ],
    ...['worker.autoscaling.kind=keda', 'serviceMonitor.enabled=true', 'serviceMonitor.keySecret=key'],
    ...['worker.hostUsers=true', 'worker.seccompDaemonSet=false', 'worker.mayInstall=true'],
  ],
};
const MISTAKES: readonly (readonly [values: readonly string[], names: RegExp])[] = [
  [[], /redis/],
  [['redis.trial=true', 'redis.password=short', 'api.keys=a-long-api-key'], /redis\/password/],
  [['redis.url=http://example.org', 'api.keys=a-long-api-key'], /redis\/url/],
  [['redis.existingSecret=redis'], /api/],
  [['redis.existingSecret=redis', 'api.keys=a-long-api-key', 'worker.slots=0'], /worker\/slots/],
  [['redis.existingSecret=redis', 'api.keys=a-long-api-key', 'fleetSecret=short'], /fleetSecret/],
  [['redis.existingSecret=redis', 'api.keys=a-long-api-key', 'wroker.slots=2'], /wroker/],
];
/** Of everything but workers. The server warns of Pods that violate its level. */
const RESTRICTED = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'code-execution', labels: { 'pod-security.kubernetes.io/warn': 'restricted' } },
};
/** Kinds that others than Kubernetes define. */
const FOREIGN = ['ScaledObject', 'ServiceMonitor'];
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_ADMIN', 'SYS_CHROOT'];

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
}

interface Workload extends Manifest {
  readonly spec: {
    readonly template?: {
      readonly spec: {
        readonly hostUsers?: boolean;
        readonly hostNetwork?: boolean;
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
        readonly terminationGracePeriodSeconds?: number;
      };
    };
  };
}

const helm = (...options: readonly string[]) =>
  spawnSync(findTool('helm') ?? 'helm', options, { encoding: 'utf8', env: { PATH: process.env.PATH } });

function renderChart(values: readonly string[]) {
  const sets = values.flatMap((value) => [value.startsWith('settings.') ? '--set-string' : '--set', value]);
  const where = ['template', 'fleet', join(DEPLOY, 'helm'), '--namespace', 'code-execution'];
  return helm(...where, '--kube-version', KUBERNETES, ...sets);
}

function documentsOf(text: string): Workload[] {
  return parseAllDocuments(text)
    .map((each) => each.toJS() as Workload | null)
    .filter((each) => each !== null);
}

/** By name; `null` without the program that renders it. */
function renderAll(): ReadonlyMap<string, Workload[]> {
  const all = new Map<string, Workload[]>();
  for (const [name, values] of findTool('helm') ? Object.entries(VALUES) : []) {
    const { status, stdout, stderr } = renderChart(values);
    assert.equal(status, 0, stderr);
    all.set(`helm ${name}`, documentsOf(stdout));
  }
  const kubectl = findTool('kubectl');
  for (const path of kubectl ? globSync('kubernetes*/kustomization.yaml', { cwd: DEPLOY }) : []) {
    const rendered = execFileSync(kubectl ?? '', ['kustomize', join(DEPLOY, dirname(path))], {
      encoding: 'utf8',
    });
    all.set(dirname(path), documentsOf(rendered));
  }
  return all;
}

test('the chart refuses values that are wrong, and names them', { skip: missing('helm') }, () => {
  for (const [values, names] of MISTAKES) {
    const { status, stderr } = renderChart(values);
    assert.notEqual(status, 0, `${values} is taken`);
    assert.match(stderr, names);
  }
  const { status, stdout } = helm(
    'lint',
    join(DEPLOY, 'helm'),
    '--kube-version',
    KUBERNETES,
    '--set',
    (VALUES.trial ?? []).join(),
  );
  assert.equal(status, 0, stdout);
});

suite('what is rendered', { skip: missing('helm', 'kubectl') }, () => {
  const rendered = renderAll();

  test('gives no Pod more than it needs, in a user namespace if it has capabilities', () => {
    for (const [name, manifests] of rendered) {
      for (const { kind, metadata, spec } of manifests) {
        const pod = spec?.template?.spec;
        for (const { securityContext } of [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])]) {
          const where = `${name}: ${kind} ${metadata.name}`;
          const { capabilities } = securityContext ?? {};
          assert.equal(securityContext?.privileged ?? false, false, where);
          assert.equal(securityContext?.allowPrivilegeEscalation, false, where);
          assert.equal(securityContext?.readOnlyRootFilesystem, true, where);
          assert.deepEqual(capabilities?.drop, ['ALL'], where);
          assert.equal(pod?.hostNetwork ?? false, false, where);
          if (capabilities?.add === undefined) continue;
          assert.deepEqual(capabilities.add.toSorted(), CAPABILITIES, where);
          assert.equal(metadata.namespace, 'code-execution-workers', where);
          if (name !== 'helm keda') assert.equal(pod?.hostUsers, false, where);
        }
      }
    }
  });

  test('sets variables that are settings, and gives Pods longer to stop than executions have to finish', () => {
    const settings = new Map(Object.values(SETTINGS).map((setting) => [setting.name, setting]));
    for (const [name, manifests] of rendered) {
      const pods = manifests.flatMap(({ spec }) => spec?.template?.spec ?? []);
      for (const { containers, terminationGracePeriodSeconds: grace } of pods) {
        const variables = (containers[0]?.env ?? []).filter(({ name }) => name !== 'REDIS_PASSWORD');
        for (const { name: variable, value } of variables) {
          const setting = settings.get(variable);
          assert.ok(setting, `${name}: ${variable} is no setting`);
          if (value !== undefined) assert.notEqual(setting.parse(value), undefined, `${variable}=${value}`);
        }
        if (variables.some((each) => each.name === 'ROLE')) {
          assert.ok((grace ?? 0) >= SETTINGS.shutdownGraceSeconds.absent + 10, name);
        }
      }
    }
  });

  test('is taken by a real API server without a warning', {
    skip: missing('etcd', 'kube-apiserver'),
  }, async () => {
    await using server = await startApiServer();
    for (const [name, manifests] of rendered) {
      const own = manifests.filter(({ kind }) => !FOREIGN.includes(kind));
      const namespaces = own.filter(({ kind }) => kind === 'Namespace');
      for (const namespace of namespaces) await server.apply(namespace, { isDry: false });
      await server.apply(RESTRICTED, { isDry: false });
      for (const manifest of own) {
        const { status, body, warnings } = await server.apply(manifest, { isDry: true });
        const where = `${name}: ${manifest.kind} ${manifest.metadata.name}`;
        assert.ok(status < 300, `${where}: ${status} ${body.message}`);
        assert.deepEqual(warnings, [], where);
      }
    }
    // It rejects a misspelt field, so it reads what it accepts.
    const all = [...rendered.values()].flat();
    const worker = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'worker');
    assert.ok(worker);
    const misspelt = { ...worker, spec: { ...worker.spec, replica: 3 } };
    const { status, body } = await server.apply(misspelt, { isDry: true });
    assert.ok(status >= 400 && /\.spec\.replica\b/.test(body.message ?? ''), body.message);
    const metadata = { name: 'misplaced', namespace: RESTRICTED.metadata.name };
    const misplaced = await server.apply({ ...worker, metadata }, { isDry: true });
    assert.match(misplaced.warnings.join(), /would violate PodSecurity .*restricted/);
  });
});
