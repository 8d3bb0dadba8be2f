// The Python client: installed as its README says, and run as it shows; and what it does when a service is busy or gone.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { signatureHeaders } from '../../src/webhooks/signature.ts';
import { installWith, pythonWith } from '../dialects/python-clients.ts';
import { launch, PROJECT, ready, type Service, stop } from '../service.ts';

const run = promisify(execFile);
const CLIENT = join(PROJECT, 'clients/python');
const DOCUMENTED = 'http://127.0.0.1:3004';
const EXAMPLES = readFileSync(join(CLIENT, 'README.md'), 'utf8')
  .split(/^## /m)
  .flatMap((section) => {
    const found = /^```python\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/m.exec(section);
    const [heading = ''] = section.split('\n', 1);
    return found ? [{ heading, code: found[1] ?? '', printed: found[2] ?? '' }] : [];
  });

/** What the client does with answers that a service gives when it is busy, broken or gone. */
const BEHAVIOUR = `
import asyncio, json, httpx
from code_execution_client import AsyncClient, Client, CodeExecutionError

found = {}
seen = []

def busy(request):
    seen.append(request.headers.get("idempotency-key"))
    if len(seen) == 1:
        raise httpx.ConnectError("gone")
    if len(seen) < 4:
        return httpx.Response(503, headers={"retry-after": "0"}, json={"code": "unavailable", "detail": "busy"})
    return httpx.Response(202, json={"execution_id": "x"})

with Client("http://service", transport=httpx.MockTransport(busy)) as client:
    found["submitted"] = client.submit(language="python", code="x")["execution_id"]
found["keys"] = [len(seen), len(set(seen))]

attempts = []

def broken(request):
    attempts.append(1)
    raise httpx.ReadError("broken")

async def run_once():
    async with AsyncClient("http://service", transport=httpx.MockTransport(broken)) as client:
        try:
            await client.execute(language="python", code="x")
        except CodeExecutionError as error:
            found["broken"] = [error.code, len(attempts)]

asyncio.run(run_once())
after = []

def events(request):
    after.append(request.headers.get("last-event-id"))
    first = ": beat\\n\\nid: 1\\nevent: status\\ndata: {}\\n\\nid: 2\\nevent: test\\ndata: {}\\n\\n"
    last = "id: 3\\nevent: done\\ndata: {}\\n\\n"
    return httpx.Response(200, text=first if len(after) == 1 else last)

with Client("http://service", transport=httpx.MockTransport(events)) as client:
    found["events"] = [event["id"] for event in client.events("x")]
found["after"] = after
print(json.dumps(found))
`;

/** A terminal whose program is stopped by a signal, code that is rejected, and a service that is not there. */
const INTERACTIVE = `
import asyncio, json, sys
from code_execution_client import AsyncClient, Client, CodeExecutionError

url = sys.argv[1]
found = []

async def stop():
    program = dict(language="python", code="import time\\nprint(1, flush=True)\\ntime.sleep(60)", pty={"columns": 80, "rows": 24})
    async with AsyncClient(url) as client:
        async with client.interactive(**program) as session:
            async for message in session:
                if message["type"] == "stdout":
                    found.append(message["data"])
                    await session.signal("SIGTERM")
                if message["type"] == "exit":
                    found.append(message["signal"])

asyncio.run(stop())
for address, code in ((url, "import os\\nos.fork()"), ("http://127.0.0.1:1", "1")):
    try:
        with Client(address).interactive(language="python", code=code) as session:
            found.extend(session)
    except CodeExecutionError as error:
        found.append(error.code)
print(json.dumps(found))
`;

/** Problems and blobs, by both clients. */
const PROBLEMS = `
import asyncio, json, sys
from code_execution_client import AsyncClient, Client, CodeExecutionError

url = sys.argv[1]
found = []
content = bytes([0, 255, 13, 10])

with Client(url) as client:
    blob = client.blobs.put(content)
    found.append([client.blobs.has(blob), client.blobs.has("0" * 64), client.blobs.get(blob) == content])
    definition = {"name": "Bytes", "files": [{"path": "bytes", "content": {"blob": blob}}], "test_cases": [{}]}
    version = client.problems.put("python-bytes", definition)["version"]
    archive = client.problems.package("python-bytes@" + version)
    found.append([client.problems.check(archive)["version"], client.problems.put("python-copy", archive)["version"] == version])
    found.append([each["id"] for each in client.problems.list() if each["id"].startswith("python-")])

async def remove():
    async with AsyncClient(url) as client:
        blob = await client.blobs.put(content)
        found.append([await client.blobs.has(blob), await client.blobs.has("0" * 64), await client.blobs.get(blob) == content])
        archive = await client.problems.package("python-copy")
        report = await client.problems.check(archive)
        again = await client.problems.put("python-copy", archive)
        same = await client.problems.put("python-bytes", definition)
        found.append([report["tests"], report["submissions"], again["version"] == version, same["version"] == version])
        found.append((await client.problems.get("python-copy"))["definition"]["name"])
        async for each in client.problems.list():
            if each["id"].startswith("python-"):
                await client.problems.delete(each["id"])
        try:
            await client.problems.get("python-copy")
        except CodeExecutionError as error:
            found.append([error.code, error.status])

asyncio.run(remove())
print(json.dumps(found))
`;

suite('the Python client', async () => {
  const installed = await pythonWith(join(import.meta.dirname, 'requirements.txt'));
  const skip = 'missing' in installed && installed.missing;
  const python = 'python' in installed ? installed.python : '';
  const data = mkdtempSync(join(tmpdir(), 'python-client-test-'));
  let service: Service | undefined;
  before(async () => {
    if (skip) return;
    await installWith(python, ['--no-deps', '--no-build-isolation', '--force-reinstall', CLIENT]);
    for (const left of ['build', 'code_execution_client.egg-info'])
      rmSync(join(CLIENT, left), { recursive: true, force: true });
    const child = launch({ DATA_DIR: data, LANGUAGES: 'python' });
    service = await ready(child, ['python']);
  });
  after(async () => {
    if (service) await stop(service);
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  test('has seven examples', () => assert.equal(EXAMPLES.length, 7));
  for (const { heading, code, printed } of EXAMPLES) {
    test(`runs: ${heading}`, { skip }, async () => {
      const { stdout } = await run(python, ['-c', code.replaceAll(DOCUMENTED, service?.url ?? '')]);
      assert.equal(stdout.trimEnd().replace(/\n\n/g, '\n'), printed.trimEnd());
    });
  }

  test('rewards what models wrote', { skip }, async () => {
    const example = join(PROJECT, 'examples/reinforcement-learning/reward.py');
    const { stdout } = await run(python, [example, service?.url ?? '']);
    assert.deepEqual(JSON.parse(stdout), [1, 0.5, 0]);
  });

  test('retries what was refused, never runs twice, and resumes events', { skip }, async () => {
    const { stdout } = await run(python, ['-c', BEHAVIOUR]);
    assert.deepEqual(JSON.parse(stdout), {
      submitted: 'x',
      keys: [4, 1],
      broken: ['connection_failed', 1],
      events: [1, 2, 3],
      after: [null, '2'],
    });
  });

  test('keeps problems and bytes', { skip }, async () => {
    const { stdout } = await run(python, ['-c', PROBLEMS, service?.url ?? '']);
    assert.deepEqual(JSON.parse(stdout), [
      [true, false, true],
      [null, true],
      ['python-bytes', 'python-copy'],
      [true, false, true],
      [1, [], true, true],
      'Bytes',
      ['not_found', 404],
    ]);
  });

  test('talks to programs, and says why it cannot', { skip }, async () => {
    const { stdout } = await run(python, ['-c', INTERACTIVE, service?.url ?? '']);
    assert.deepEqual(JSON.parse(stdout), ['1\r\n', 'SIGTERM', 'code_rejected', 'connection_failed']);
  });

  test('knows webhooks of the service from others', { skip }, async () => {
    const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
    const body = '{"type": "execution.completed"}';
    const headers = signatureHeaders({ id: 'm', timestampSeconds: Math.floor(Date.now() / 1000), body }, [
      secret,
    ]);
    const program = `
import json, sys
from code_execution_client import CodeExecutionError, verify_webhook
secret, headers, body = json.loads(sys.argv[1])
print(verify_webhook(secret, headers, body)["type"])
for change in (dict(body=body + " "), dict(now=0), dict(headers={}), dict(secret="whsec_AAAA")):
    try:
        verify_webhook(**{"secret": secret, "headers": headers, "body": body, **change})
        print("accepted", change)
    except CodeExecutionError:
        pass
`;
    const { stdout } = await run(python, ['-c', program, JSON.stringify([secret, headers, body])]);
    assert.equal(stdout, 'execution.completed\n');
  });
});
