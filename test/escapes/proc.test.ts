// What /proc reveals of others: the environment, memory and root of processes, the arguments of init with paths of the
// machine, the machine's settings. The stranger is a process that the test starts as the user of the box.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { nativeOnly, run, shows, whyNoSuchStage, withstands } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const FIRST_UID = 60_000; // of slot 0

const stranger = attack(`
static char base[32];
static bool reads(const char *name, int flags) {
  char path[64], text[4096] = "";
  snprintf(path, sizeof path, "%s/%s", base, name);
  int file = open(path, flags);
  return file >= 0 && (strcmp(name, "environ") || (read(file, text, sizeof text) > 0 && strstr(text, "the secret")));
}
static bool environment(void) { return reads("environ", O_RDONLY); }
static bool memory(void) { return reads("mem", O_RDWR); }
static bool root(void) { return reads("root/etc/passwd", O_RDONLY); }
static bool arguments(void) { return reads("cmdline", O_RDONLY); }
int main(int argc, char **argv) {
  snprintf(base, sizeof base, "/proc/%s", argv[1]);
  attempt("environment", environment);
  attempt("memory", memory);
  attempt("root", root);
  attempt("arguments", arguments);
  return 0;
}`);
const init = attack(`
static bool status(void) { return open("/proc/1/status", O_RDONLY) >= 0; }
static bool mounts(void) { return open("/proc/1/mountinfo", O_RDONLY) >= 0; }
int main(void) {
  attempt("the state of init", status);
  attempt("the mounts of init", mounts);
  return 0;
}`);
const machine = attack(`
static bool reveals(const char *path) {
  char text[16];
  int file = open(path, O_RDONLY);
  return file >= 0 && read(file, text, sizeof text) > 0;
}
static bool settings(void) { return access("/proc/sys/kernel", F_OK) == 0; }
static bool symbols(void) { return reveals("/proc/kallsyms") || reveals("/proc/cmdline"); }
int main(void) {
  errno = 0;
  attempt("the machine's settings", settings);
  attempt("the kernel's command line", symbols);
  return 0;
}`);
const secrets = attack(`
static bool open_secret(const char *path) { return open(path, O_RDONLY) >= 0; }
static bool environment(void) { return open_secret("/proc/1/environ"); }
static bool memory(void) { return open_secret("/proc/1/mem") || open_secret("/proc/1/maps"); }
static bool root(void) { return access("/proc/1/root/etc", F_OK) == 0; }
static bool descriptors(void) { return opendir("/proc/1/fd") != NULL; }
int main(void) {
  attempt("environment of init", environment);
  attempt("memory of init", memory);
  attempt("root of init", root);
  attempt("descriptors of init", descriptors);
  return 0;
}`);
const paths = attack(`
int main(void) {
  char text[4096] = "";
  int file = open("/proc/1/cmdline", O_RDONLY);
  ssize_t got = file < 0 ? 0 : read(file, text, sizeof text - 1);
  for (ssize_t i = 0; i < got; i++)
    if (text[i] == '/') {
      escaped("init was started with %s", text + i);
      return 0;
    }
  held("read the arguments of init");
  return 0;
}`);

const weak = without('PRIVATE_PROCESSES');

test('/proc shows no process outside of the box', async (context) => {
  const env = { SECRET: 'the secret' };
  const target = spawn('/bin/sleep', ['60'], { uid: FIRST_UID, gid: FIRST_UID, stdio: 'ignore', env });
  try {
    const args = [String(target.pid)];
    assert.deepEqual((await run(SERVING, stranger, { args })).escaped, []);
    const reason = whyNoSuchStage(weak);
    if (reason !== null) return context.diagnostic(reason);
    const { escaped, stdout } = await run(weak, stranger, { args });
    assert.deepEqual(escaped, ['environment', 'memory', 'root', 'arguments'], stdout);
  } finally {
    target.kill('SIGKILL');
  }
});

const seen = nativeOnly('the first process of a container is seen; what is secret of it is held back');
test('/proc does not show init', seen, shows(init, without('HIDDEN_PROC')));
test('/proc does not show the machine’s settings', shows(machine, without('HIDDEN_PROC')));

test('init’s secrets are those of another user', shows(secrets, without('USER')));
test('which is enough even when init is not hidden', withstands(secrets, [without('HIDDEN_PROC')]));

test(
  'init’s arguments reveal no path of the machine',
  nativeOnly('in a container they are a path of the image'),
  shows(paths, without('HIDDEN_PROC', 'CLEARED_ARGUMENTS')),
);
test(
  'either layer is enough',
  seen,
  withstands(paths, [without('HIDDEN_PROC'), without('CLEARED_ARGUMENTS')]),
);
