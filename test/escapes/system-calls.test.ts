// The filter's table, row by row: each call that it answers is made once, with arguments that the kernel would answer in
// another way. It stands here a second time, as what a program sees.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ending, run } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

/** Calls by their answer; those without arguments are made with -1 for each. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  SIGSYS: [
    ...[
      'mount',
      'umount2',
      'pivot_root',
      'chroot',
      'open_tree',
      'move_mount',
      'fsopen',
      'fsconfig',
      'fsmount',
    ],
    ...[
      'fspick',
      'mount_setattr',
      'quotactl',
      'quotactl_fd',
      'swapon',
      'swapoff',
      'acct',
      'setns',
      'unshare',
    ],
    ...[
      'ptrace',
      'process_vm_readv',
      'process_vm_writev',
      'pidfd_getfd',
      'kcmp',
      'init_module',
      'finit_module',
    ],
    ...['delete_module', 'kexec_load', 'kexec_file_load', 'bpf', 'perf_event_open', 'userfaultfd', 'add_key'],
    ...[
      'request_key',
      'keyctl',
      'open_by_handle_at',
      'lookup_dcookie',
      'reboot',
      'sethostname',
      'setdomainname',
    ],
    ...['settimeofday', 'clock_settime', 'syslog', 'vhangup'],
    ...['clone, CLONE_NEWNS', 'clone, CLONE_NEWCGROUP', 'clone, CLONE_NEWUTS', 'clone, CLONE_NEWIPC'],
    ...['clone, CLONE_NEWUSER', 'clone, CLONE_NEWPID', 'clone, CLONE_NEWNET'],
  ],
  EPERM: [
    ...['process_madvise', 'inotify_add_watch', 'name_to_handle_at', 'seccomp', 'adjtimex'],
    ...['clock_adjtime', 'ioprio_set', 'mbind', 'set_mempolicy', 'migrate_pages', 'move_pages'],
    ...[
      'pidfd_send_signal',
      'kill, 1, 999',
      'tkill, 1, 999',
      'tgkill, 1, 1, 999',
      'rt_sigqueueinfo, 1, 9, -1',
    ],
    ...[
      'rt_tgsigqueueinfo, 1, 1, 9, -1',
      'pidfd_open, 1, -1',
      'sched_setparam, 1, 0',
      'sched_setattr, 1, 0, 0',
    ],
    ...['sched_setscheduler, 1, -1, 0', 'sched_setaffinity, 1, 8, -1', 'prlimit64, 1, -1, 0, 0'],
    ...[
      'fanotify_init, 0x200, 0',
      'setpriority, 2, 0, 19',
      'setpriority, 0, 1, 0',
      'personality, ADDR_NO_RANDOMIZE',
    ],
    ...['ioctl, 0, 0x5412, 0', 'ioctl, 0, 0x541c, 0', 'fcntl, 0, 1024, 0', 'fcntl, 0, 1026, 0'],
    ...[
      'fcntl, -1, 1036, 0',
      'fcntl, -1, 1038, 0',
      'prctl, 22, 2, 0',
      'setrlimit, 4, 0',
      'prlimit64, 0, 4, -1, 0',
    ],
    ...['setsockopt, 0, 1, 26, 0, 0', 'setsockopt, 0, 1, 44, 0, 0', 'setsockopt, 0, 1, 50, 0, 0'],
    ...['setsockopt, 0, 1, 51, 0, 0', 'setsockopt, 0, 1, 52, 0, 0'],
  ],
  ENOSYS: [
    ...['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'memfd_secret', 'io_setup'],
    ...['nfsservctl', 'set_mempolicy_home_node'],
  ],
  EINVAL: [
    'madvise, 0, 0, 12',
    'madvise, 0, 0, 20',
    'madvise, 0, 0, 21',
    'prctl, 0x53564d41',
    'prctl, 62',
    'prctl, 67',
  ],
  ENOMEM: ['mmap, 0, 0, 3, 0x40022, -1, 0', 'memfd_create, -1, 4', 'shmget, 0, 0, 04000'],
  EAFNOSUPPORT: ['socket, 2, 9, 0', 'socket, 10, 9, 0', 'socket, 16, 3, 0', 'socketpair, 2, 1, 0, 0'],
  EPROTONOSUPPORT: ['socket, 1, 4, 0', 'socket, 1, 6, 0', 'socket, 1, 1, 6'],
  EOPNOTSUPP: [
    ...['preadv2, -1, 0, 0, 0, 0, 8', 'preadv2, -1, 0, 0, 0, 0, 0x80', 'setxattr', 'lsetxattr', 'fsetxattr'],
    ...['removexattr', 'lremovexattr', 'fremovexattr'],
  ],
  ENOTTY: [
    'ioctl, -1, 0x40086602',
    'ioctl, -1, 0x40046602',
    'ioctl, -1, 0x401c5820',
    'ioctl, -1, 0x40087602',
  ],
  done: [
    ...['flock, -1, 2', 'fadvise64', 'fcntl, -1, F_SETLK', 'fcntl, -1, F_SETLKW', 'fcntl, -1, F_OFD_SETLK'],
    'fcntl, -1, F_OFD_SETLKW',
  ],
};
const X86_ANSWERS: typeof ANSWERS = {
  SIGSYS: ['iopl', 'ioperm'],
  ENOSYS: [
    ...[
      'modify_ldt',
      'uselib',
      'ustat',
      'sysfs',
      '_sysctl',
      'create_module',
      'get_kernel_syms',
      'query_module',
    ],
  ],
};

const wanted = [ANSWERS, process.arch === 'x64' ? X86_ANSWERS : {}].flatMap((table) =>
  Object.entries(table).flatMap(([answer, calls]) => calls.map((call) => ({ call, answer }))),
);

const caller = attack(`
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/wait.h>
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_lookup_dcookie
#define SYS_lookup_dcookie 212
#endif
#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif
static const struct { const char *name; long arguments[7]; int count; } calls[] = {
#define CALL(...) {#__VA_ARGS__, {SYS_##__VA_ARGS__}, sizeof (long[]){SYS_##__VA_ARGS__} / sizeof(long)},
${wanted.map(({ call }) => `CALL(${call})`).join('\n')}
};
int main(void) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    int status;
    long a[7] = {calls[i].arguments[0], -1, -1, -1, -1, -1, -1};
    for (int j = 1; calls[i].count > 1 && j < 7; j++) a[j] = calls[i].arguments[j];
    pid_t child = fork();
    if (child == 0) _exit(syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) == -1 ? errno : 0);
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("%s: SIG%s\\n", calls[i].name, sigabbrev_np(WTERMSIG(status)));
    else printf("%s: %s\\n", calls[i].name, WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "done");
    fflush(stdout);
  }
  return 0;
}`);

const weak = without('SECCOMP');
/** What kernels may answer to it all the same, for another reason. */
const MAY_BE_THE_KERNELS = [
  /: (ENOSYS|EINVAL)$/,
  /^(prlimit64, 1|setpriority, 0, 1|socket, 1, 1, 6)\b/, // whose process it is; a protocol that there is not
];
const linesOf = ({ stdout }: Ending) => stdout.trim().split('\n');
const table = wanted.map(({ call, answer }) => `${call}: ${answer}`);

test('each call of the table has its answer', async () => {
  assert.deepEqual(linesOf(await run(SERVING, caller)), table);
});

test('without the filter the kernel answers otherwise', async () => {
  const lines = linesOf(await run(weak, caller));
  assert.equal(lines.length, table.length);
  const same = lines.filter((line) => table.includes(line));
  assert.deepEqual(
    same.filter((line) => !MAY_BE_THE_KERNELS.some((pattern) => pattern.test(line))),
    [],
  );
});
