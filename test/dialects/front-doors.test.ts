// The same submission through every front door has the same verdict.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { theService, useService } from '../languages/shared-service.ts';

const LANGUAGES = ['python', 'javascript', 'cpp', 'c', 'java', 'bash'] as const;
type Language = (typeof LANGUAGES)[number];
type Verdict = 'well' | 'wrong' | 'failed' | 'compile' | 'time' | 'signal' | 'output' | 'memory' | 'security';

useService();

interface Case {
  readonly language: Language;
  readonly verdict: Verdict;
  readonly code: string;
  /** For the doors that judge. */
  readonly expected?: string;
}

const HELLO: Readonly<Record<Language, string>> = {
  python: 'print(input())',
  javascript: 'console.log(require("fs").readFileSync(0, "utf8").trim())',
  cpp: '#include <iostream>\nint main() { std::string s; std::getline(std::cin, s); std::cout << s << "\\n"; }',
  c: '#include <stdio.h>\nint main(void) { char s[99]; fgets(s, 99, stdin); fputs(s, stdout); return 0; }',
  java: 'class A { public static void main(String[] a) { System.out.println(new java.util.Scanner(System.in).nextLine()); } }',
  bash: 'read -r line; echo "$line"',
};
const FAILED: Readonly<Record<Language, string>> = {
  python: 'raise ValueError("no")',
  javascript: 'throw new Error("no")',
  cpp: '#include <iostream>\nint main() { std::cerr << "no\\n"; return 3; }',
  c: '#include <stdio.h>\nint main(void) { fputs("no\\n", stderr); return 3; }',
  java: 'class A { public static void main(String[] a) { throw new RuntimeException("no"); } }',
  bash: 'echo no >&2; exit 3',
};
const OTHERS: readonly Case[] = [
  { language: 'cpp', verdict: 'compile', code: 'int main() { return x; }' },
  { language: 'c', verdict: 'compile', code: 'int main(void) { return x; }' },
  { language: 'java', verdict: 'compile', code: 'class A { int x = "s"; }' },
  { language: 'c', verdict: 'signal', code: 'int main(void) { volatile int *p = 0; *p = 1; return 0; }' },
  { language: 'cpp', verdict: 'time', code: 'int main() { for (volatile int i = 0;;) i = i + 1; }' },
  { language: 'python', verdict: 'output', code: 'while True: print("x" * 65536)' },
  { language: 'python', verdict: 'memory', code: 'x = b"x" * (1 << 28)' },
  { language: 'c', verdict: 'security', code: 'int acct(const char *);\nint main(void) { return acct(0); }' },
  { language: 'bash', verdict: 'well', code: HELLO.bash, expected: 'hello' },
  { language: 'java', verdict: 'wrong', code: HELLO.java, expected: 'goodbye' },
];
const CASES: readonly Case[] = [
  ...LANGUAGES.map((language): Case => ({ language, verdict: 'well', code: HELLO[language] })),
  ...LANGUAGES.map((language): Case => ({ language, verdict: 'failed', code: FAILED[language] })),
  ...OTHERS,
];

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(`${theService().url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

const STATUS_VERDICTS: Readonly<Record<string, Verdict>> = {
  completed: 'well',
  accepted: 'well',
  wrong_answer: 'wrong',
  security_violation: 'security',
  compilation_error: 'compile',
  time_limit_exceeded: 'time',
  output_limit_exceeded: 'output',
  memory_limit_exceeded: 'memory',
};

interface Result {
  readonly status: string;
  readonly results: readonly { readonly signal: string | null }[];
}

function ownRequest({ language, code, expected }: Case) {
  const input = 'hello\n';
  const tests =
    expected === undefined ? { stdin: input } : { test_cases: [{ input, expected_output: expected }] };
  return { language, code, ...tests, time_limit: 1 };
}

function ownVerdict({ status, results }: Result): Verdict {
  return STATUS_VERDICTS[status] ?? (results[0]?.signal ? 'signal' : 'failed');
}

async function v1(each: Case): Promise<Verdict> {
  return ownVerdict(await post<Result>('/api/v1/execute', ownRequest(each)));
}

/** The events of a synchronous execution end with its result. */
async function events(each: Case): Promise<Verdict> {
  const answer = await fetch(`${theService().url}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(ownRequest(each)),
  });
  const [, done = ''] = /^event: done\ndata: (.*)$/m.exec(await answer.text()) ?? [];
  return ownVerdict(JSON.parse(done) as Result);
}

/** All cases are one batch of stored executions. */
let submitted: Promise<{ executions: { execution_id: string }[] }> | undefined;

async function batch(each: Case): Promise<Verdict> {
  submitted ??= post('/api/v1/executions/batch', { executions: CASES.map(ownRequest) });
  const { executions } = await submitted;
  const id = executions[CASES.indexOf(each)]?.execution_id;
  const answer = await fetch(`${theService().url}/api/v1/executions/${id}?wait=30`);
  return ownVerdict((await answer.json()) as Result);
}

interface Stage {
  readonly status: string | null;
  readonly code: number | null;
  readonly message: string | null;
  readonly signal: string | null;
}

async function piston({ language, code }: Case): Promise<Verdict> {
  const request = { language, version: '*', files: [{ content: code }], stdin: 'hello', run_timeout: 1000 };
  const { compile, run } = await post<{ compile?: Stage; run: Stage }>('/api/v2/execute', request);
  if (compile && compile.code !== 0) return 'compile';
  if (run.message?.includes('memory')) return 'memory';
  if (run.signal === 'SIGSYS') return 'security';
  const verdicts: Record<string, Verdict> = { RE: 'failed', SG: 'signal', TO: 'time', OL: 'output' };
  return verdicts[run.status ?? ''] ?? 'well';
}

const NUMBERS: Readonly<Record<Language, number>> = {
  python: 71,
  javascript: 63,
  cpp: 54,
  c: 50,
  java: 62,
  bash: 46,
};

async function judge0({ language, code, expected }: Case): Promise<Verdict> {
  const program = { language_id: NUMBERS[language], source_code: code, expected_output: expected };
  const request = { ...program, stdin: 'hello\n', cpu_time_limit: 1 };
  const { status, message } = await post<{ status: { id: number }; message: string | null }>(
    '/submissions?wait=true',
    request,
  );
  // Judge0 has one status for both.
  if (status.id === 12 && !message?.includes('memory')) return 'security';
  const verdicts: Record<number, Verdict> = {
    3: 'well',
    4: 'wrong',
    5: 'time',
    6: 'compile',
    7: 'signal',
    8: 'output',
    11: 'failed',
    12: 'memory',
  };
  return verdicts[status.id] ?? 'signal';
}

async function jobe({ language, code, verdict }: Case): Promise<Verdict | null> {
  const names: Partial<Record<Language, string>> = { python: 'python3', javascript: 'nodejs' };
  const run_spec = {
    language_id: names[language] ?? language,
    sourcecode: code,
    input: 'hello\n',
    parameters: { cputime: 1, memorylimit: 128 },
  };
  const { outcome } = await post<{ outcome: number }>('/jobe/index.php/restapi/runs', { run_spec });
  // Jobe distinguishes neither signals from other failures nor output from time.
  const verdicts: Record<number, Verdict> = {
    11: 'compile',
    12: verdict === 'signal' ? 'signal' : 'failed',
    13: verdict === 'output' ? 'output' : 'time',
    15: 'well',
    17: 'memory',
    19: 'security',
  };
  return verdicts[outcome] ?? null;
}

interface Fused {
  readonly compile_result: { return_code: number } | null;
  readonly run_result: { status: string; return_code: number; stderr: string } | null;
}

async function sandboxFusion({ language, code }: Case): Promise<Verdict> {
  const request = { language, code, stdin: 'hello\n', run_timeout: 1, memory_limit_MB: 128 };
  const { compile_result: compile, run_result: run } = await post<Fused>('/run_code', request);
  if (compile && compile.return_code !== 0) return 'compile';
  if (run?.status === 'TimeLimitExceeded') return 'time';
  if (run?.stderr.includes('memory limit')) return 'memory';
  if (run?.stderr.includes('output limit')) return 'output';
  if (run?.return_code === 0) return 'well';
  if (run?.return_code === -31) return 'security';
  return (run?.return_code ?? 0) < 0 ? 'signal' : 'failed';
}

async function mcp(each: Case): Promise<Verdict> {
  const { result } = await post<{ result: { structuredContent: Result } }>('/mcp', {
    jsonrpc: '2.0',
    id: crypto.randomUUID(),
    method: 'tools/call',
    params: { name: 'execute_code', arguments: ownRequest(each) },
  });
  return ownVerdict(result.structuredContent);
}

const JUDGING = { v1, events, batch, judge0, mcp };
/** They compare no outputs. */
const RUNNING = { piston, jobe, 'sandbox-fusion': sandboxFusion };

suite('every front door has the same verdict', { concurrency: 2 }, () => {
  for (const each of CASES) {
    test(`${each.language}: ${each.verdict}`, async () => {
      const doors = each.expected === undefined ? { ...JUDGING, ...RUNNING } : JUDGING;
      const found: Record<string, Verdict | null> = {};
      for (const [door, verdictOf] of Object.entries(doors)) found[door] = await verdictOf(each);
      const { verdict } = each;
      const same = Object.fromEntries(Object.keys(found).map((door) => [door, verdict]));
      assert.deepEqual(found, same);
    });
  }
});

test('what Jobe’s clients choose of a run reaches the box', async () => {
  const sourcecode = `import os, sys, time
made = 0
try:
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(9)
        made += 1
except OSError:
    pass
print(sys.flags.optimize, 2 < made < 9)
open("file", "wb").write(bytes(2_000_000))`;
  const run = async (disklimit: number) => {
    const parameters = { numprocs: 9, interpreterargs: ['-O'], disklimit };
    const run_spec = { language_id: 'python3', sourcecode, parameters };
    return post<{ outcome: number; stdout: string }>('/jobe/index.php/restapi/runs', { run_spec });
  };
  const { outcome, stdout } = await run(2);
  assert.deepEqual([outcome, stdout], [15, '1 True\n']);
  assert.equal((await run(1)).outcome, 12);
});
