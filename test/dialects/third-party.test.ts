// Clients of other services that others wrote, unchanged, against this service.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { launch, ready, type Service, stop } from '../service.ts';
import { pythonWith, runPython } from './python-clients.ts';

const CLIENTS = join(import.meta.dirname, 'clients.py');
const KEY = 'a-key-of-some-length';
const ADMIN_KEY = 'a-key-of-an-administrator';

/** What each client gets for a program that adds one to its input. */
const EXPECTED: Readonly<Record<string, object>> = {
  aiopyston: { stdout: '42\n', code: 0 },
  piston_rspy: { stdout: '42\n', code: 0, compile: 1 },
  ultra_piston: { stdout: '42\n', code: 0, packages: 2 },
  judge0_api_wrapper: { stdout: '42\n' },
  judge0: { stdout: '42\n', statuses: [3, 4] },
  judge0_client: { stdout: '42\n', status: 3, version: '1.13.1', workers: 1 },
  judge0api: { stdout: '42\n', status: 3 },
  sandbox_fusion: {
    stdout: '42\n',
    status: 'Success',
    many: Array.from({ length: 20 }, (_, index) => `${index}`),
  },
};
/** Clients that have no way to send a key. */
const WITHOUT_KEY = ['sandbox_fusion'];

suite('third-party clients', async () => {
  const installed = await pythonWith(join(import.meta.dirname, 'requirements.txt'), ['--no-deps']);
  const skip = 'missing' in installed && installed.missing;
  const python = 'python' in installed ? installed.python : '';
  const services: Record<'open' | 'locked', Service | undefined> = { open: undefined, locked: undefined };

  const start = (environment: Record<string, string>) =>
    ready(launch({ LANGUAGES: 'python,c++', ...environment }), ['python', 'cpp'], KEY);
  before(async () => {
    if (skip) return;
    services.locked = await start({ API_KEYS: KEY, ADMIN_API_KEY: ADMIN_KEY });
  });
  after(async () => {
    for (const service of Object.values(services)) if (service) await stop(service);
  });

  for (const [client, expected] of Object.entries(EXPECTED)) {
    test(`${client} runs programs`, { skip }, async () => {
      if (WITHOUT_KEY.includes(client)) {
        if (services.locked) await stop(services.locked);
        services.locked = undefined;
        services.open ??= await start({});
      }
      const service = WITHOUT_KEY.includes(client) ? services.open : services.locked;
      const words = [CLIENTS, client, service?.url ?? '', KEY, ADMIN_KEY];
      const found = (await runPython(python, words)) as object;
      assert.deepEqual({ ...found, ...expected }, found);
    });
  }
});
