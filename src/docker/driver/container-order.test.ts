// Whole submissions whose programs do their worst to the container that their tests share: what a hidden test reads
// reaches nothing that is shown, and every test has a verdict.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import { attack } from '../../../test/escapes/stage.ts';
import type { ExecuteRequest } from '../../api/execution.ts';
import { createExecute } from '../../execution/execute.ts';
import { createJudgeThreads } from '../../execution/judge-threads.ts';
import { createSlotScheduler } from '../../execution/slot-scheduler.ts';
import type { Language } from '../../languages/language.ts';
import type { Sandbox, Workspace } from '../../sandbox/sandbox.ts';
import { createAccept } from '../../submissions/accept.ts';
import { bareRoot, startSandbox, type TestSandbox } from './docker-fixture.ts';

// Its first argument is what it does, after it has printed its own number.
const vandal = attack(`
#include <sys/stat.h>
#include <sys/xattr.h>
static void list(const char *path, const char *name) {
  const struct { uint32_t version; struct { uint16_t tag, rights; uint32_t id; } entries[3]; } closed =
      {2, {{1, 0, -1}, {4, 0, -1}, {32, 0, -1}}};
  setxattr(path, name, &closed, sizeof closed, 0);
}
static void close_all(void) {
  const char *const places[] = {"/box/work", "/box/tmp", "/box", "/code", "/build", "/dev/shm"};
  for (int i = 0; i < 6; i++) {
    list(places[i], "system.posix_acl_default");
    list(places[i], "system.posix_acl_access");
    chmod(places[i], 0);
  }
}
static void fill(const char *directory, size_t size) {
  static char block[65536];
  char path[64];
  for (int number = 0; number < 20000; number++) {
    snprintf(path, sizeof path, "%s/%d", directory, number);
    int file = open(path, O_CREAT | O_WRONLY, 0);
    if (file < 0) return;
    while (size && write(file, block, sizeof block) > 0) continue;
    close(file);
  }
}
static void dig(void) {
  char name[256];
  memset(name, 'n', 255);
  name[255] = 0;
  chdir("/box/work");
  for (int depth = 0; depth < 3000; depth++) {
    if (mkdir(name, 0700) < 0 || chdir(name) < 0) break;
    chmod("..", 0300);
  }
}
static void replace(void) {
  rename("/box/work", "/box/w");
  symlink("/proc/self", "/box/work");
  rename("/box/tmp", "/box/t");
  mkfifo("/box/tmp", 0);
  chmod("/code", 0700);
  unlink("/code/attack");
  mkdir("/code/attack", 0);
}
int main(int argc, char **argv) {
  const char *what = argv[1];
  int number = getpid();
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("%d", number);
  if (!strcmp(what, "close")) close_all();
  if (!strcmp(what, "bytes")) { chmod("/code", 0700); chmod("/build", 0700); fill("/box", 1); fill("/code", 1); fill("/build", 1); fill("/dev/shm", 1); }
  if (!strcmp(what, "files")) { chmod("/code", 0700); fill("/box", 0); fill("/code", 0); fill("/dev/shm", 0); }
  if (!strcmp(what, "dig")) dig();
  if (!strcmp(what, "replace")) replace();
  if (!strcmp(what, "bomb")) { signal(SIGCHLD, SIG_IGN); for (;;) if (fork() < 0) usleep(1000); }
  return 0;
}`);

const EXAMPLE = { code: '', stdin: '', expectedOutput: '' };
const LANGUAGE: Language = {
  ...{ id: 'attack', name: 'Attack', aliases: [], fileExtension: '.txt', tools: [], debianPackages: [] },
  ...{ versionTool: 'attack', memoryAllowanceMb: 64 },
  sourceFile: () => 'main.txt',
  run: () => ({ argv: ['/code/attack'], environment: {} }),
  examples: { hello: EXAMPLE, sum: EXAMPLE },
};

const { engine } = await engineForTests();

/** Executes requests whose program is the attack. */
function serviceOf({ sandbox }: TestSandbox, root: Awaited<ReturnType<typeof bareRoot>>) {
  const log: string[] = [];
  const record = (_details: object, message: string) => void log.push(message);
  const find = (id: string) => (id === LANGUAGE.id ? LANGUAGE : null);
  const languages = { all: [LANGUAGE], find };
  const toolchain = {
    source: 'image',
    version: '1.0',
    root,
    tools: {},
    prebuilt: '',
    prebuiltParts: [],
  } as const;
  const toolchains = {
    of: (languageId: string) => [{ ...toolchain, languageId }],
    status: () => 'ready' as const,
    problem: () => null,
  };
  const accept = createAccept({ languages, toolchains, settings: { maxCodeLength: 1000 } });
  const runs: string[] = []; // inputs of programs as they begin, and a dot for each end
  const open: Sandbox['open'] = async (own, files) => {
    const workspace = await sandbox.open(own, [...files, vandal.file]);
    const runNoted: Workspace['run'] = async (command, stdin, ...rest) => {
      runs.push(Buffer.from(stdin).toString());
      return await workspace.run(command, stdin, ...rest).finally(() => runs.push('.'));
    };
    return { ...workspace, run: runNoted };
  };
  const execute = createExecute({
    sandbox: { ...sandbox, open },
    scheduler: createSlotScheduler(2),
    ...{
      languages,
      toolchains,
      executionTimeoutSeconds: 60,
      cpuLimit: 0,
      judges: createJudgeThreads(),
      log: { warn: record, error: record },
    },
  });
  const run = async (test_cases: NonNullable<ExecuteRequest['test_cases']>) =>
    execute(await accept({ language: 'attack', code: 'x', test_cases }), new AbortController().signal);
  return { run, runs, log };
}

if (engine) {
  const root = await bareRoot(engine);
  const look = { input: '', args: ['look'], is_hidden: false };

  describe('the tests of a submission', { concurrency: 2 }, () => {
    test('that are shown run before those that are hidden', async () => {
      await using used = await startSandbox(engine);
      const { run, runs } = serviceOf(used, root);
      const hidden = { input: 'hidden', args: ['look'], is_hidden: true };
      const shown = { input: 'shown', args: ['look'], is_hidden: false };
      await run([hidden, shown, hidden, shown]);
      const firstHidden = runs.indexOf('hidden');
      assert.deepEqual(runs.slice(0, firstHidden).toSorted(), ['.', '.', 'shown', 'shown']);
      assert.deepEqual(runs.slice(firstHidden).toSorted(), ['.', '.', 'hidden', 'hidden']);
    });

    for (const what of ['close', 'bytes', 'files', 'dig', 'replace', 'bomb'])
      test(`have a verdict each after one that does this: ${what}`, async () => {
        await using used = await startSandbox(engine);
        const { run, log } = serviceOf(used, root);
        const bad = { input: '', args: [what], is_hidden: false, time_limit: 1, memory_limit: 64 };
        const { results } = await run([look, bad, look, bad, bad, look]);
        assert.deepEqual(
          results.map(({ status }) => status).filter((status) => status === 'internal_error'),
          [],
          log.join(),
        );
        for (const index of [0, 2, 5]) assert.match(String(results[index]?.stdout), /^\d+$/, `test ${index}`);
        assert.deepEqual(log, [], 'and none for want of another try');
      });
  });
}
