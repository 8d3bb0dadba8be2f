// The manifests in deploy/kubernetes fit the service: its settings, routes and ports, and none is privileged.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { checkPodUsers } from '../src/service/start-checks.ts';
import { SETTINGS } from '../src/settings/config.ts';
import { parseRedisUrl } from '../src/settings/redis-url.ts';

const DIRECTORY = join(import.meta.dirname, '../deploy/kubernetes');

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop: string[]; readonly add?: readonly string[] };
  };
  readonly livenessProbe?: { readonly httpGet?: { readonly path: string } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Record<string, string> };
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly hostUsers?: boolean;
        readonly terminationGracePeriodSeconds?: number;
        readonly securityContext?: { readonly runAsNonRoot?: boolean };
      };
    };
  };
}

const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_ADMIN', 'SYS_CHROOT'];

const kustomization = parse(readFileSync(join(DIRECTORY, 'kustomization.yaml'), 'utf8')) as {
  resources: string[];
  secretGenerator: { name: string; namespace: string; literals: string[] }[];
};
const manifests = kustomization.resources.flatMap((file) =>
  parseAllDocuments(readFileSync(join(DIRECTORY, file), 'utf8')).map((each) => each.toJS() as Manifest),
);
const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

test('all manifests are applied, and each workload selects its own Pods', () => {
  const files = readdirSync(DIRECTORY).filter((file) => file !== 'kustomization.yaml');
  assert.deepEqual(files.sort(), [...kustomization.resources].sort());
  for (const { spec } of workloads)
    assert.deepEqual(spec.selector?.matchLabels, spec.template?.metadata.labels);
});

test('variables are settings with allowed values, and secrets are those that are generated', () => {
  const settings = Object.values(SETTINGS);
  for (const { metadata, spec } of workloads) {
    if (metadata.name === 'redis') continue;
    for (const { name, value } of spec.template?.spec.containers[0]?.env ?? []) {
      const setting = settings.find((each) => each.name === name);
      assert.ok(setting, `${name} is no setting`);
      if (value !== undefined) assert.notEqual(setting.parse(value), undefined, `${name}=${value}`);
    }
  }
  const urls = kustomization.secretGenerator.flatMap(({ literals }) =>
    literals.filter((each) => each.startsWith('url=')),
  );
  for (const url of urls) assert.ok(parseRedisUrl(url.slice('url='.length)), url);
  assert.equal(urls.length, 2);
});

test('no Pod is privileged, and only workers have capabilities, in a user namespace', () => {
  for (const { metadata, spec } of workloads) {
    const pod = spec.template?.spec;
    const isWorker = metadata.namespace === 'code-execution-workers';
    const [{ securityContext } = {}] = pod?.containers ?? [];
    assert.equal(securityContext?.privileged ?? false, false, metadata.name);
    assert.equal(securityContext?.allowPrivilegeEscalation, false, metadata.name);
    assert.equal(securityContext?.readOnlyRootFilesystem, true, metadata.name);
    assert.deepEqual(securityContext?.capabilities?.drop, ['ALL'], metadata.name);
    assert.equal(pod?.hostUsers ?? true, !isWorker, metadata.name);
    if (isWorker) assert.deepEqual(securityContext?.capabilities?.add?.toSorted(), CAPABILITIES);
    else assert.equal(pod?.securityContext?.runAsNonRoot, true, metadata.name);
  }
});

test('a worker does not start where its user namespace was ignored, unless it is allowed', () => {
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const own = '         0          0 4294967295\n';
  const worker = { role: 'worker', allowHostUsers: false } as const;
  assert.throws(() => checkPodUsers(worker, own, pod), /hostUsers: false was ignored/);
  checkPodUsers(worker, '         0     100000      65536\n', pod);
  checkPodUsers({ ...worker, allowHostUsers: true }, own, pod);
  checkPodUsers({ ...worker, role: 'api' }, own, pod);
  checkPodUsers(worker, own, {});
});

test('Pods have longer to stop than running executions have to finish', () => {
  for (const { metadata, spec } of workloads) {
    const grace = spec.template?.spec.terminationGracePeriodSeconds ?? 30;
    if (metadata.name !== 'redis')
      assert.ok(grace >= SETTINGS.shutdownGraceSeconds.absent + 10, metadata.name);
  }
});

test('autoscaling aims at the workers, by metrics that a fleet has and at the slots of a worker', () => {
  const read = (name: string) => readFileSync(join(`${DIRECTORY}-autoscaling`, name), 'utf8');
  const { resources } = parse(read('kustomization.yaml')) as { resources: string[] };
  assert.deepEqual(resources, ['../kubernetes', 'service-monitor.yaml', 'worker-scaling.yaml']);
  const { metadata, spec } = parse(read('worker-scaling.yaml')) as {
    metadata: { namespace: string };
    spec: {
      scaleTargetRef: { name: string };
      triggers: { metadata: { query: string; threshold: string } }[];
    };
  };
  const worker = workloads.find((each) => each.metadata.name === spec.scaleTargetRef.name);
  assert.equal(worker?.metadata.namespace, metadata.namespace);
  const figures = readFileSync(join(import.meta.dirname, '../src/metrics/fleet-figures.ts'), 'utf8');
  const [trigger] = spec.triggers;
  const names = trigger?.metadata.query.match(/ces_\w+/g) ?? [];
  assert.ok(names.length > 0 && names.every((name) => figures.includes(`'${name}'`)), String(names));
  const slots = worker?.spec.template?.spec.containers[0]?.env?.find(({ name }) => name === 'CONCURRENCY');
  assert.equal(trigger?.metadata.threshold, slots?.value);
});
