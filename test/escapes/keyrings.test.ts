// The kernel's keyrings: a user's keyring outlives its processes, so one run of a user could leave word for the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, run, runInTurn } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const courier = attack(`
enum { PROCESS_KEYRING = -2, USER_KEYRING = -4, REVOKE = 3, LINK = 8, SEARCH = 10, SET_TIMEOUT = 15 };
// In a session of its own, as a container is, a process does not possess the keys of its user before.
static void possess(void) { syscall(SYS_keyctl, LINK, USER_KEYRING, PROCESS_KEYRING, 0, 0); }
static bool leave(void) {
  possess();
  long key = syscall(SYS_add_key, "user", "word of the run before", "hello", 5, USER_KEYRING);
  return key >= 0 && syscall(SYS_keyctl, SET_TIMEOUT, key, 60, 0, 0) == 0;
}
static bool find(void) {
  possess();
  long key = syscall(SYS_keyctl, SEARCH, USER_KEYRING, "user", "word of the run before", 0);
  return key >= 0 && syscall(SYS_keyctl, REVOKE, key, 0, 0, 0) == 0;
}
static bool requested(void) { return syscall(SYS_request_key, "user", "no such key", NULL, 0) >= 0 || errno == ENOKEY; }
int main(int argc, char **argv) {
  attempt("ask for a key", requested);
  if (argv[1][0] == 'l') attempt("leave a key", leave);
  else attempt("find a key", find);
  return 0;
}`);
const weak = without('SECCOMP');

test('no key is left for the next run', async (t) => {
  for (const args of [['leave'], ['find']]) assertHeld(await run(SERVING, courier, { args }));
  const left = await run(weak, courier, { args: ['leave'] });
  if (/ENOSYS/.test(left.stdout)) return t.skip('this kernel has no keyrings');
  assert.deepEqual(left.escaped, ['ask for a key', 'leave a key']);
  const found = await runInTurn(weak, courier, [['leave'], ['find']]); // of the same user in a container too
  assert.deepEqual(found.escaped, ['ask for a key', 'find a key']);
});
