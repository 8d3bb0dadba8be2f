// What a program starts with: limits, signals, groups, scores, and the modes and mounts of what it finds. None of it is a
// weapon alone; each is a layer beneath others, so that it stands here word for word.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BARE_ROOT } from '../../src/sandbox/self-test.ts';
import { commandOf, DRIVER, endingOf, LIMITS, nativeOnly, sandboxOf, temporaryDirectory } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const A_GROUP = 4242;

const reporter = attack(`
#include <grp.h>
static void limits(void) {
  static const struct { const char *name; int number; } known[] = {
    {"CORE", RLIMIT_CORE}, {"FSIZE", RLIMIT_FSIZE}, {"MEMLOCK", RLIMIT_MEMLOCK},
    {"MSGQUEUE", RLIMIT_MSGQUEUE}, {"NICE", RLIMIT_NICE}, {"NOFILE", RLIMIT_NOFILE}, {"RTPRIO", RLIMIT_RTPRIO},
    {"SIGPENDING", RLIMIT_SIGPENDING}, {"STACK", RLIMIT_STACK}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    struct rlimit limit;
    getrlimit(known[i].number, &limit);
    printf("%s %ld %ld\\n", known[i].name, (long)limit.rlim_cur, (long)limit.rlim_max);
  }
}
static void signals(void) {
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  for (int number = 1; number < 65; number++) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    if (sigismember(&blocked, number)) printf("blocked %d\\n", number);
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL) printf("handled %d\\n", number);
  }
}
static void user(void) {
  gid_t groups[64];
  int count = getgroups(64, groups);
  mode_t mask = umask(0);
  char line[512], expected[64], score[16] = "";
  for (int i = 0; i < count; i++) printf("group %u\\n", groups[i]);
  printf("umask %o\\n", mask);
  snprintf(expected, sizeof expected, ":x:%u:%u:", getuid(), getgid());
  FILE *users = fopen("/etc/passwd", "r");
  while (users && fgets(line, sizeof line, users)) if (strstr(line, expected)) printf("user %.*s\\n", (int)strcspn(line, ":"), line);
  if (read(open("/proc/self/oom_score_adj", O_RDONLY), score, sizeof score - 1) > 0) printf("score %s", score);
}
static void places(void) {
  static const char *const paths[] = {"/", "/box", "/box/work", "/box/tmp", "/box/out", "/code", "/code/attack", "/build", "/build/made", "/etc/passwd", "/proc"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct stat status;
    if (stat(paths[i], &status) < 0) continue;
    printf("place %s %o %s\\n", paths[i], status.st_mode & 07777, status.st_uid == getuid() ? "own" : status.st_uid == 0 ? "root" : "other");
  }
  char line[4096];
  FILE *mounts = fopen("/proc/self/mountinfo", "r");
  while (mounts && fgets(line, sizeof line, mounts)) {
    char target[1024], options[1024];
    if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s", target, options) == 2) printf("mount %s %s\\n", target, options);
  }
}
int main(int argc, char **argv) {
  if (argc > 1) {
    int file = open("/box/out/made", O_CREAT | O_WRONLY, 0700);
    return fchmod(file, 06777) < 0;
  }
  limits();
  signals();
  user();
  places();
  return 0;
}`);

// What the supervisor is started with, and programs are not.
const starter = attack(`
int main(int argc, char **argv) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  execv("${SERVING.program}", argv);
  return 1;
}`);
const program = join(temporaryDirectory(), 'supervisor');
writeFileSync(program, starter.file.content, { mode: 0o755 });
/** Containers have their own first process, which blocks signals itself. */
const started: Stage = DRIVER === 'native' ? { lacking: [], program } : SERVING;
const groups = process.getgroups?.() ?? [];
const mask = process.umask();
// Not while files are loaded: what other files compile would be closed to boxes.
before(() => {
  process.setgroups?.([A_GROUP]);
  process.umask(0o077);
});
after(() => {
  process.setgroups?.(groups);
  process.umask(mask);
});

/** What a program says of itself, in a run after a build. */
async function reported(stage: Stage): Promise<readonly string[]> {
  const { sandbox } = await sandboxOf(stage);
  const { signal } = new AbortController();
  await using workspace = await sandbox.open(BARE_ROOT, [reporter.file]);
  const built = await workspace.build(commandOf(['/code/attack', 'build']), LIMITS, signal);
  assert.equal(built.exitCode, 0);
  const outcome = await workspace.run(commandOf(['/code/attack']), new Uint8Array(), LIMITS, signal);
  return endingOf(outcome).stdout.trim().split('\n');
}

const both = (name: string, value: number) => `${name} ${value} ${value}`;
const ofKinds = (lines: readonly string[], ...kinds: readonly string[]) =>
  lines.filter((line) => kinds.includes(line.split(' ')[0] ?? ''));

const weak = without('USER');

test('a program starts with the limits of its run', async () => {
  const lines = await reported(SERVING);
  const ofRun = [
    both('CORE', 1),
    both('FSIZE', LIMITS.fileSizeBytes),
    both('NOFILE', LIMITS.openFiles),
    both('STACK', LIMITS.stackBytes),
  ];
  assert.deepEqual(ofKinds(lines, 'CORE', 'FSIZE', 'NOFILE', 'STACK'), ofRun);
  const ofNativeBoxes = [
    both('MEMLOCK', 65_536),
    both('MSGQUEUE', 65_536),
    both('NICE', 0),
    both('RTPRIO', 0),
    both('SIGPENDING', 4096),
  ];
  const names = ofNativeBoxes.map((line) => line.split(' ')[0] ?? '');
  if (DRIVER === 'native') assert.deepEqual(ofKinds(lines, ...names), ofNativeBoxes);
});

test('no signal is blocked, ignored or handled, and files are made with the usual mask', async () => {
  const lines = await reported(started);
  assert.deepEqual(ofKinds(lines, 'blocked', 'handled', 'umask'), ['umask 22']);
});

test('the OOM killer takes a program before what made it', async () => {
  const score = DRIVER === 'native' ? 500 : 1000;
  assert.deepEqual(ofKinds(await reported(SERVING), 'score'), [`score ${score}`]);
});

const native = nativeOnly('the engine and the image say which users and mounts there are');

test('a program has a name, and no group of those that started the supervisor', native, async () => {
  assert.deepEqual(ofKinds(await reported(SERVING), 'group', 'user'), ['user box0']);
  assert.deepEqual(ofKinds(await reported(weak), 'group'), [`group ${A_GROUP}`]);
});

test('all places are root’s and closed, but those that are its own', native, async () => {
  assert.deepEqual(ofKinds(await reported(SERVING), 'place'), [
    'place / 755 root',
    'place /box 755 root',
    'place /box/work 700 own',
    'place /box/tmp 700 own',
    'place /code 755 root',
    'place /code/attack 755 root',
    'place /build 755 root',
    'place /build/made 555 root',
    'place /etc/passwd 644 root',
    'place /proc 555 root',
  ]);
});

test(
  'all mounts are without set-user-ID and devices, and those that are shared read-only',
  native,
  async () => {
    const mounts = ofKinds(await reported(SERVING), 'mount').map((line) => line.split(' ').slice(1));
    const flags = Object.fromEntries(
      mounts.map(([target = '', options = '']) => {
        const all = options.split(',');
        return [target, ['ro', 'nosuid', 'nodev', 'noexec'].filter((option) => all.includes(option)).join()];
      }),
    );
    assert.deepEqual(flags, {
      '/': 'ro,nosuid', // with devices of its own
      '/proc': 'nosuid,nodev,noexec',
      '/box': 'nosuid,nodev',
      '/code': 'ro,nosuid,nodev',
      '/build': 'ro,nosuid,nodev',
    });
  },
);
