// The client that openapi-python-client generates from /openapi.json: without a warning, and it runs a program.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { pythonWith } from '../dialects/python-clients.ts';
import { launch, ready, type Service, stop } from '../service.ts';

const run = promisify(execFile);
/** Runs a program that fails a test, and sends a request that is rejected. */
const PROGRAM = `
import sys
from service_client import Client
from service_client.api.execution import execute
from service_client.models import ExecuteRequest

client = Client(base_url=sys.argv[1])
request = {"language": "python", "code": "print(int(input()) * 2)"}
tests = [{"input": "4", "expected_output": "8"}, {"input": "1", "expected_output": "3"}]
result = execute.sync(client=client, body=ExecuteRequest.from_dict({**request, "test_cases": tests}))
print(result.status, [each.status.value for each in result.results], result.results[0].stdout.strip())
problem = execute.sync(client=client, body=ExecuteRequest.from_dict({**request, "time_limit": 100}))
print(problem.code, problem.detail)
`;

suite('the client that openapi-python-client generates', async () => {
  const installed = await pythonWith(join(import.meta.dirname, 'generator-requirements.txt'));
  const skip = 'missing' in installed && installed.missing;
  const python = 'python' in installed ? installed.python : '';
  let service: Service | undefined;
  let directory = '';
  before(async () => {
    if (skip) return;
    directory = await mkdtemp(join(tmpdir(), 'generated-client-test-'));
    service = await ready(launch({ LANGUAGES: 'python' }), ['python']);
  });
  after(async () => {
    if (service) await stop(service);
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  test('has no warnings, and runs programs', { skip }, async () => {
    const document = await fetch(`${service?.url}/openapi.json`);
    await writeFile(join(directory, 'openapi.json'), await document.text());
    const words = ['generate', '--path', 'openapi.json', '--output-path', 'service_client', '--meta', 'none'];
    const tools = dirname(python);
    const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` };
    const generated = await run(join(tools, 'openapi-python-client'), [...words, '--fail-on-warning'], {
      cwd: directory,
      env,
    });
    assert.doesNotMatch(generated.stdout + generated.stderr, /warning/i);
    const { stdout } = await run(python, ['-c', PROGRAM, service?.url ?? ''], { cwd: directory });
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      "wrong_answer ['accepted', 'wrong_answer'] 8",
      'invalid_request time_limit must be between 1 and 30 seconds, got 100',
    ]);
  });
});
