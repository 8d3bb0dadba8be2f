// System V and POSIX memory, semaphores and queues: they belong to no process and stay when all are gone. One box could
// leave word for the next, or talk to another at the same time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, run, runInTurn, TIME_FACTOR } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const courier = attack(`
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
static key_t key;
static char name[64];
static bool leave_memory(void) {
  char *memory = shmat(shmget(key, 4096, IPC_CREAT | 0666), NULL, 0);
  return memory != (void *)-1 && strcpy(memory, "hello");
}
static bool leave_message(void) { struct { long type; char text[6]; } word = {1, "hello"}; return msgsnd(msgget(key, IPC_CREAT | 0666), &word, 6, 0) == 0; }
static bool leave_semaphore(void) { return semget(key, 1, IPC_CREAT | 0666) >= 0; }
static bool leave_queue(void) {
  struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 8};
  mqd_t queue = mq_open(name, O_CREAT | O_WRONLY, 0666, &size);
  return queue >= 0 && mq_send(queue, "hello", 6, 0) == 0;
}
static bool find_memory(void) {
  int number = shmget(key, 4096, 0666);
  char *memory = number < 0 ? (void *)-1 : shmat(number, NULL, 0);
  return memory != (void *)-1 && strcmp(memory, "hello") == 0;
}
static bool find_message(void) {
  struct { long type; char text[6]; } word = {0};
  int number = msgget(key, 0666);
  return number >= 0 && msgrcv(number, &word, 6, 1, IPC_NOWAIT) == 6;
}
static bool find_semaphore(void) { return semget(key, 1, 0666) >= 0; }
static bool find_queue(void) {
  char word[8];
  mqd_t queue = mq_open(name, O_RDONLY | O_NONBLOCK);
  return queue >= 0 && mq_receive(queue, word, sizeof word, NULL) == 6;
}
static void remove_all(void) {
  shmctl(shmget(key, 4096, 0666), IPC_RMID, NULL);
  msgctl(msgget(key, 0666), IPC_RMID, NULL);
  semctl(semget(key, 1, 0666), 0, IPC_RMID);
  mq_unlink(name);
}
int main(int argc, char **argv) {
  umask(0);
  key = atoi(argv[2]);
  snprintf(name, sizeof name, "/escapes-%d", key);
  if (strcmp(argv[1], "leave") == 0) {
    if (!leave_memory() || !leave_message() || !leave_semaphore()) return 2;
    if (!leave_queue() && errno != ENOSYS && errno != EMFILE) return 3; // EMFILE: containers may have none
    puts("left");
    fflush(stdout);
    usleep(1000 * atoi(argv[3]));
    if (atoi(argv[3])) remove_all(); // also where nobody found them
    return 0;
  }
  usleep(1000 * atoi(argv[3]));
  attempt("find shared memory", find_memory);
  attempt("find a message", find_message);
  attempt("find a semaphore", find_semaphore);
  attempt("find a queue", find_queue);
  if (atoi(argv[3]) == 0) remove_all();
  return 0;
}`);
const weak = without('PRIVATE_IPC');
const key = () => String(1 + Math.floor(Math.random() * 2 ** 30));

function leaveAndFind(stage: Stage, number: string) {
  return runInTurn(stage, courier, [
    ['leave', number, '0'],
    ['find', number, '0'],
  ]);
}

/** In two slots, so that neither the box nor the slot is the same. */
async function leaveForNeighbour(stage: Stage, number: string) {
  const [left, found] = await Promise.all([
    run(stage, courier, { slots: 2, args: ['leave', number, String(600 * TIME_FACTOR)] }),
    run(stage, courier, { slots: 2, args: ['find', number, String(300 * TIME_FACTOR)] }),
  ]);
  assert.equal(left.outcome.exitCode, 0);
  return found;
}

for (const [what, leave] of [
  ['run finds no word of the run before', leaveAndFind],
  ['box finds no word of another one at the same time', leaveForNeighbour],
] as const)
  test(`a ${what} in shared memory or queues`, async () => {
    const number = key();
    assertHeld(await leave(SERVING, number));
    const { escaped, held } = await leave(weak, number);
    assert.ok(escaped.length >= 3, `found ${escaped}; not ${held}`);
    assert.ok(held.every((line) => /^find a queue: (ENOSYS|ENOENT)$/.test(line)));
  });
