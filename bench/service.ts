// Measures whole requests over HTTP against plain starts of the same program in the same run: a C program whose build is
// cached, Python hello and Node hello, with 1, 2 and 8 clients. The client runs on the same cores.
//   npm run bench:service

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFloor, type Floor } from './floor.ts';
import { type Contestant, printThroughput, throughput } from './measure.ts';

const HERE = import.meta.dirname;
const PORT = 3994;
const CLIENTS = [1, 2, 8];
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function send(method: string, path: string, body?: string): Promise<string> {
  const headers = body
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    : {};
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port: PORT, method, path, headers }, async (answer) => {
      const text = (await answer.setEncoding('utf8').toArray()).join('');
      if (answer.statusCode === 200) resolve(text);
      else reject(new Error(`${answer.statusCode}: ${text}`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Program {
  readonly name: string;
  readonly language: string;
  readonly code: string;
  /** The same program for a plain start; `directory` is a place for files. */
  plainly(directory: string): readonly string[];
}

function hello(language: string, interpreter: string, code: string): Program {
  return {
    name: `${language} hello`,
    language,
    code,
    plainly(directory) {
      const file = join(directory, `hello-${language}`);
      writeFileSync(file, code);
      return [interpreter, file];
    },
  };
}

const C_CODE = '#include <stdio.h>\nint main(void) { puts("1"); return 0; }\n';
const PROGRAMS: readonly Program[] = [
  {
    name: 'C hello, build cached',
    language: 'c',
    code: C_CODE,
    plainly(directory) {
      const program = join(directory, 'hello-c');
      execFileSync('gcc', ['-O2', '-x', 'c', '-', '-o', program], { input: C_CODE });
      return [program];
    },
  },
  hello('python', '/usr/bin/python3', 'print(1)\n'),
  hello('javascript', '/usr/bin/node', 'console.log(1);\n'),
];

function overHttp(program: Program): Contestant {
  const body = JSON.stringify({ language: program.language, code: program.code });
  return {
    name: 'HTTP request',
    async run() {
      const answer = JSON.parse(await send('POST', '/api/v1/execute', body)) as { status: string };
      if (answer.status !== 'completed') throw new Error(`${program.name}: ${JSON.stringify(answer)}`);
    },
  };
}

async function bench(program: Program, directory: string): Promise<void> {
  const argv = program.plainly(directory);
  for (const clients of CLIENTS) {
    const floors = Array.from({ length: clients }, () => createFloor(argv));
    const plain: Contestant = { name: 'plain', run: (client) => (floors[client] as Floor).ask() };
    const rows = await throughput([plain, overHttp(program)], { clients, seconds: 3 });
    printThroughput(`${program.name}, clients: ${clients}`, rows);
    for (const floor of floors) await floor[Symbol.asyncDispose]();
  }
}

async function untilReady(languages: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const text = await send('GET', '/api/v1/languages').catch(() => '[]');
    const listed = JSON.parse(text) as { id: string; status: string }[];
    if (languages.every((id) => listed.some((entry) => entry.id === id && entry.status === 'ready'))) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the service does not get ready');
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
execFileSync('make', ['-s', '-C', HERE]);
const service = spawn(process.execPath, [join(HERE, '../start.mjs')], {
  env: { ...process.env, PORT: String(PORT), DATA_DIR: directory, TOOLCHAINS: 'host', LOG_LEVEL: 'ERROR' },
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await untilReady(PROGRAMS.map(({ language }) => language));
  for (const program of PROGRAMS) await bench(program, directory);
} finally {
  service.kill('SIGTERM');
  await once(service, 'exit');
  agent.destroy();
  rmSync(directory, { recursive: true });
}
