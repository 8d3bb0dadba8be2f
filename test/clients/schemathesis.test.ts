// schemathesis with its default checks finds nothing in the whole of /openapi.json: what the document allows is accepted,
// what it forbids is rejected, and every answer is as described.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { pythonWith } from '../dialects/python-clients.ts';
import { launchFor, ready, TIME_FACTOR } from '../service.ts';

const RUN_MS = 600_000 * TIME_FACTOR;
/** Of each operation, beside the hundreds that cover every rule of a schema. */
const EXAMPLES = 5;
const CONFIG = join(import.meta.dirname, 'schemathesis.toml');

suite('schemathesis', async () => {
  const installed = await pythonWith(join(import.meta.dirname, 'schemathesis-requirements.txt'));
  const skip = 'missing' in installed && installed.missing;
  const python = 'python' in installed ? installed.python : '';

  test('finds nothing with its default checks', { skip, timeout: RUN_MS }, async (t) => {
    const { url } = await ready(await launchFor(t, {}), ['python']);
    using directory = mkdtempDisposableSync(join(tmpdir(), 'schemathesis-test-'));
    const program = spawn(
      join(dirname(python), 'schemathesis'),
      [
        ...['--config-file', CONFIG, 'run', `${url}/openapi.json`, '--url', url],
        ...['--seed', '1', '--max-examples', String(EXAMPLES), '--generation-database', 'none', '--no-color'],
      ],
      { cwd: directory.path, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    t.after(() => program.kill());
    const [report, [status]] = await Promise.all([text(program.stdout), once(program, 'exit')]);
    assert.equal(status, 0, report.replaceAll(/(.{400}).+/g, '$1…'));
    const { total = '', tested } =
      /Operations: +\d+ selected \/ (?<total>\d+) total.*Tested: (?<tested>\d+)/s.exec(report)?.groups ?? {};
    assert.ok(Number(total) > 20, report);
    assert.equal(tested, total);
  });
});
