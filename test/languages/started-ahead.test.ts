// What a program sees, and what a compiler says, is the same whether its runtime was started ahead or with its run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

const ATTEMPTS = 30;
const MAX_PAUSE_MS = 3000;

const CASES = [
  {
    name: 'a Python program',
    request: {
      language: 'python',
      code: 'import os, sys\nprint(sys.argv, input(), sorted(os.environ), __name__)\ndef f(): raise KeyError(1)\nf()\n',
    },
  },
  {
    name: 'a Node.js program',
    request: {
      language: 'javascript',
      code: 'console.log(process.argv, process.execArgv, process.env, require("fs").readFileSync(0, "utf8"));\nnull.x;\n',
    },
  },
  {
    name: 'a Java program',
    request: {
      language: 'java',
      code: 'public class Main { public static void main(String[] args) { System.out.println(args.length + " " + System.getenv().keySet()); throw new IllegalStateException("x"); } }',
    },
  },
  {
    name: "a Java compiler's error",
    request: {
      language: 'java',
      code: 'import java.util.*;\nclass A { int f() { return "x"; } List g; Missing m; }\n',
    },
  },
  {
    name: 'a Java file in a directory, with a warning',
    request: {
      language: 'java',
      code: 'package a.b; import java.util.*; public class C { public static void main(String[] x) { List l = new ArrayList(); l.add(1); System.out.println(l); } }',
    },
  },
] as const;

useService({ WARM_MEMORY_MB: '1024' }, 'with all parts');

async function hits(): Promise<number> {
  const text = await (await fetch(`${theService().url}/metrics`)).text();
  return Number(/^ces_warm_hits_total (\d+)$/m.exec(text)?.[1]);
}

const shownOf = ({ status, compile, results: [result] }: Answer) => ({
  status,
  compiler: compile && [compile.status, compile.exit_code, compile.stdout, compile.stderr],
  run: result && [result.exit_code, result.signal, result.stdout, result.stderr],
});

let number = 0;
for (const { name, request } of CASES) {
  test(name, { skip: process.env.SANDBOX === 'docker' && 'containers start no runtimes ahead' }, async () => {
    // Another end of the source each time, so that it is compiled again.
    const once = () =>
      run({ ...request, code: `${request.code}${'\n'.repeat(number++)}`, stdin: 'in\n', args: ['a'] });
    const [first, before] = [await once(), await hits()];
    // Of a compiled language that ran, both commands are.
    const wanted = first.compile?.status === 'completed' ? 2 : 1;
    for (let attempt = 0; ; attempt++) {
      const earlier = await hits();
      const answer = await once();
      assert.deepEqual(shownOf(answer), shownOf(first));
      if ((await hits()) - earlier >= wanted) break;
      assert.ok(attempt < ATTEMPTS, `${(await hits()) - before} had a runtime that was started ahead`);
      await delay(Math.min(MAX_PAUSE_MS, 100 * 2 ** attempt)); // runtimes start only while a core is free
    }
  });
}
