// A real API server of Kubernetes with its etcd, on this machine only, that says of manifests whether it would take them. It
// runs no Pods.

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/redis/redis-fixture.ts';
import { findTool } from './tools.ts';

const START_ATTEMPTS = 600;
const ATTEMPT_MS = 250;
const TOKEN = 'only-for-this-test';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string };
  /** Such as that Pods would violate the namespace's level of Pod Security. */
  readonly warnings: readonly string[];
}

export interface ApiServer extends AsyncDisposable {
  /** A file for KUBECONFIG. */
  readonly kubeconfig: string;
  /** Applies a manifest, with unknown fields refused; `isDry` changes nothing. */
  apply(manifest: Manifest, options: { readonly isDry: boolean }): Promise<Answer>;
}

/** Names of collections that are not the kind and an `s`. */
const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  RuntimeClass: 'runtimeclasses',
};
const WITHOUT_NAMESPACE = ['Namespace', 'RuntimeClass'];

export async function startApiServer(): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), 'api-server-'));
  const [store, peer, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const children = [
    start('etcd', etcdOptions(directory, store, peer), directory),
    start('kube-apiserver', serverOptions(directory, store, port), directory),
  ];
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor(port));
  const server: ApiServer = {
    kubeconfig,
    apply: (manifest, { isDry }) => {
      const query = `fieldManager=test&fieldValidation=Strict&force=true${isDry ? '&dryRun=All' : ''}`;
      return send(agent, port, 'PATCH', `${pathOf(manifest)}?${query}`, JSON.stringify(manifest));
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await Promise.all(children.reverse().map(kill));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(agent, port);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** JSON is YAML. */
function kubeconfigFor(port: number): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token: TOKEN } }],
  });
}

function start(name: string, options: Readonly<Record<string, string>>, cwd: string): ChildProcess {
  const written = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
  return spawn(findTool(name) ?? name, written, { cwd, stdio: 'ignore' });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function etcdOptions(directory: string, port: number, peer: number) {
  const [client, other] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peer}`];
  return {
    'data-dir': join(directory, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': other,
    'initial-advertise-peer-urls': other,
    'initial-cluster': `default=${other}`,
    'unsafe-no-fsync': 'true',
  };
}

function serverOptions(directory: string, store: number, port: number) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  return {
    'etcd-servers': `http://127.0.0.1:${store}`,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': String(port),
    'cert-dir': join(directory, 'certificates'),
    'token-auth-file': file('tokens.csv', `${TOKEN},test,test,system:masters\n`),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('account.pub', publicKey),
    'service-account-signing-key-file': file('account.key', privateKey),
    'service-cluster-ip-range': '10.96.0.0/24',
    'endpoint-reconciler-type': 'none',
    'disable-admission-plugins': 'ServiceAccount',
  };
}

function pathOf({ apiVersion, kind, metadata: { name, namespace = 'default' } }: Manifest): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = WITHOUT_NAMESPACE.includes(kind) ? '' : `/namespaces/${namespace}`;
  return `${group}${inside}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}/${name}`;
}

async function untilReady(agent: Agent, port: number): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const answer = await send(agent, port, 'GET', '/readyz').catch(() => null);
    if (answer?.status === 200) return;
    await delay(ATTEMPT_MS);
  }
  throw new Error('kube-apiserver does not start');
}

function send(agent: Agent, port: number, method: string, path: string, body?: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/apply-patch+yaml' };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, async (answer) => {
      const text = (await answer.setEncoding('utf8').toArray()).join('');
      const warnings = [answer.headers.warning ?? []].flat();
      resolve({
        status: answer.statusCode ?? 0,
        body: text.startsWith('{') ? JSON.parse(text) : {},
        warnings,
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
