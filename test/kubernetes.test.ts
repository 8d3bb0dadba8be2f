// The manifests in deploy/kubernetes fit the service: its settings, routes and ports, and only workers have privileges.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { SETTINGS } from '../src/settings/config.ts';
import { parseRedisUrl } from '../src/settings/redis-url.ts';

const DIRECTORY = join(import.meta.dirname, '../deploy/kubernetes');

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: { readonly privileged?: boolean; readonly capabilities?: { drop: string[] } };
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
        readonly terminationGracePeriodSeconds?: number;
        readonly securityContext?: { readonly runAsNonRoot?: boolean };
      };
    };
  };
}

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

test('only workers are privileged, in a namespace of their own', () => {
  for (const { metadata, spec } of workloads) {
    const pod = spec.template?.spec;
    const isWorker = metadata.namespace === 'code-execution-workers';
    const [{ securityContext } = {}] = pod?.containers ?? [];
    assert.equal(securityContext?.privileged ?? false, isWorker, metadata.name);
    if (isWorker) continue;
    assert.deepEqual(securityContext?.capabilities?.drop, ['ALL'], metadata.name);
    assert.equal(pod?.securityContext?.runAsNonRoot, true, metadata.name);
  }
});

test('Pods have longer to stop than running executions have to finish', () => {
  for (const { metadata, spec } of workloads) {
    const grace = spec.template?.spec.terminationGracePeriodSeconds ?? 30;
    if (metadata.name !== 'redis')
      assert.ok(grace >= SETTINGS.shutdownGraceSeconds.absent + 10, metadata.name);
  }
});
