// The official conformance suite of MCP against /mcp: every scenario that is about a server with tools. The others want
// fixtures which no real server has, such as a tool that returns an image; docs/agents.md lists them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { launch, PROJECT, ready, type Service, stop, TIME_FACTOR } from '../service.ts';

const run = promisify(execFile);
const SUITE = '@modelcontextprotocol/conformance';
const VERSION = '0.1.16';
const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'tools-call-error', 'dns-rebinding-protection'];
const timeout = 180_000 * TIME_FACTOR;

/** The suite's program, installed once and kept; a sentence why it is not there where it cannot be installed. */
async function installed(): Promise<{ program: string } | { missing: string }> {
  const directory = join(PROJECT, 'node_modules', '.cache', `mcp-conformance-${VERSION}`);
  const program = join(directory, 'node_modules', SUITE, 'dist', 'index.js');
  if (existsSync(program)) return { program };
  mkdirSync(directory, { recursive: true });
  const words = ['install', '--prefix', directory, '--no-audit', '--no-fund', `${SUITE}@${VERSION}`];
  try {
    await run('npm', words, { cwd: directory, timeout });
    return { program };
  } catch (error) {
    return { missing: `the suite cannot be installed: ${String(error).split('\n')[0]}` };
  }
}

suite('the conformance suite of MCP', async () => {
  const found = await installed();
  const skip = 'missing' in found && found.missing;
  const program = 'program' in found ? found.program : '';
  let service: Service | undefined;
  before(async () => {
    if (!skip) service = await ready(launch({ LANGUAGES: 'python' }), ['python']);
  });
  after(async () => {
    if (service) await stop(service);
  });

  for (const scenario of SCENARIOS) {
    test(`passes ${scenario}`, { skip }, async () => {
      const words = [program, 'server', '--url', `${service?.url}/mcp`, '--scenario', scenario];
      const { stdout } = await run(process.execPath, words, { timeout });
      const { passed, all } =
        /Passed: (?<passed>\d+)\/(?<all>\d+), 0 failed, 0 warnings/.exec(stdout)?.groups ?? {};
      assert.ok(Number(passed) > 0 && passed === all, stdout);
    });
  }
});
