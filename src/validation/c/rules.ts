// What is refused in C; C++ has the same and more.

import { isForTerminalOnly, isTerminalMacro, terminal } from '../engine/harmless-calls.ts';
import { SYSTEM_DIRECTORY } from '../engine/outside-paths.ts';
import { each, type LanguageRules, type Rule } from '../rule.ts';

const EXEC = 'execl execle execlp execv execve execvp execvpe execveat fexecve';
const OPENERS =
  'fopen fopen64 freopen open open64 openat creat opendir scandir remove unlink rename mkdir rmdir chmod chown readlink symlink link truncate nftw ftw';
/** Includes are paths with dots, which separate members otherwise. */
const includes = (names: string) => names.split(' ').map((name) => `<${name}>`.replaceAll('.', '·'));
const CHANGES_DIRECTORY = { 'chdir()': { argument: 0, matches: SYSTEM_DIRECTORY } };
export const OF_TWO = { 'openat()': 1, 'rename()': [0, 1], 'symlink()': [0, 1], 'link()': [0, 1] };
export const opening = (names: string) => Object.fromEntries(each('', names).map((name) => [`${name}()`, 0]));

const ASSEMBLY: Rule = {
  id: 'assembly',
  severity: 'error',
  message: 'Inline assembly is not allowed',
  why: 'It steps around the language, makes system calls by hand, and reads files while it is compiled (`.incbin`).',
  uses: each('', 'asm __asm __asm__'),
  except: /\b_{0,2}asm(_{2})?\s*((_{2})?volatile(_{2})?\s*)?\(\s*""\s*[:)]/,
  // An empty template only keeps the compiler from moving code, as benchmarks do.
  tree: { rule: { kind: 'gnu_asm_expression', not: { regex: '^\\w+\\s*(\\w+\\s*)*\\(\\s*""\\s*[:)]' } } },
  needs: /asm/,
  refuses: [
    'int main(void) { __asm__ volatile ("syscall"); return 0; }',
    '__asm__(".incbin \\"/etc/passwd\\"");\nint main(void) { return 0; }',
    'int main(void) { asm("nop"); }',
    '#define A __asm__\nA(".incbin \\"/etc/passwd\\"");\nint main(void) {}',
    '#define READ(x) asm(".incbin " #x)\nint main(void) { READ("/etc/passwd"); }',
  ],
  allows: [
    'int main(void) { __asm__ volatile ("" ::: "memory"); return 0; } // asm("nop")',
    '#define barrier() __asm__ __volatile__("" ::: "memory")\nint main(void) { barrier(); return 0; }',
  ],
};

const INCLUDE: Rule = {
  id: 'include',
  severity: 'error',
  message:
    'Including files by absolute paths, by a macro, or files of the system that are no headers, is not allowed',
  why: 'What is included is shown in messages of the compiler, so an include can read any file.',
  uses: ['file outside'],
  refuses: [
    '#include "/etc/passwd"\nint main(void) { return 0; }',
    '#include </proc/self/environ>\nint main(void) { return 0; }',
    '#include "/dev/stdin"\nint main(void) {}',
    '#define F "/etc/passwd"\n#include F\nint main(void) {}',
    '#include "../../../etc/shadow"\nint main(void) {}',
    '#embed "/etc/passwd"\nint main(void) {}',
    'const char text[] = {\n#embed </etc/passwd> limit(9)\n};\nint main(void) {}',
    '#include/* a */"/etc/passwd"\nint main(void) {}',
    '%:include "/etc/passwd"\nint main(void) {}',
    '#inc\\\nlude "/etc/passwd"\nint main(void) {}',
    '#if __has_include("/etc/shadow")\n#endif\nint main(void) {}',
    '#pragma GCC dependency "/etc/passwd"\nint main(void) {}',
    '#include "../../../x.h"\nint main(void) {}',
    'import "/etc/passwd";\nint main(void) {}',
  ],
  allows: [
    '#define V "/etc/passwd" /*\n#include "/etc/passwd"\n*/\n// #include "/etc/passwd"\n#if __has_include(<format>)\n#include <format>\n#endif\nint main(void) { int import = 1; return import; }',
    '#include <stdio.h>\n#include <sys/time.h>\n#include "my/list.h"\n#include "../common.h"\nint main(void) { puts("#include </etc/passwd>"); return 0; }',
  ],
};

const NATIVE_CALLS =
  'ptrace syscall dlopen dlsym dlmopen mount umount umount2 chroot pivot_root setns unshare setuid setgid seteuid setegid setreuid setresuid init_module finit_module reboot kexec_load iopl ioperm memfd_create process_vm_readv process_vm_writev perf_event_open userfaultfd pidfd_open PROT_EXEC';

export const c: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs or copies of the process is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: {
      rule: 'terminal',
      calls: /^system$/,
      isHarmless: isForTerminalOnly,
      isHarmlessText: isTerminalMacro,
    },
    uses: each('', `system popen fork vfork clone clone3 daemon wordexp posix_spawn posix_spawnp ${EXEC}`),
    refuses: [
      '#include <stdlib.h>\nint main(void) { return system("ls"); }',
      '#include <stdio.h>\nint main(void) { FILE *p = popen("ls", "r"); return 0; }',
      '#include <unistd.h>\nint main(void) { while (1) fork(); }',
      '#include <unistd.h>\nint main(void) { char *a[] = {"sh", 0}; execve("/bin/sh", a, 0); }',
      'int main(void) { int (*p)(const char *) = system; return p("ls"); }',
      '#define S system\nint main(void) { S("ls"); }',
      '#define RUN(x) sys##x("ls")\nint main(void) { RUN(tem); }',
      '#define CAT(a, b) a##b\nint main(void) { CAT(sys, tem)("ls"); }',
      '#include <stdlib.h>\nint main(void) { system("pause; id"); return 0; }',
      '#include <stdlib.h>\nint main(int c, char **v) { system("cls"); system(v[1]); }',
      '#include <stdlib.h>\nvoid run(char *s) { system(s); }\nint main(void) { char *s = "cls"; run("id"); }',
      '#define CLEAR system("clear; id")\nint main(void) { CLEAR; }',
      '#define CLEAR system("ls")\nint main(void) { CLEAR; }',
      'extern int system(const char *);\nint main(void) { return system("ls"); }',
    ],
    allows: [
      '#include <stdio.h>\nint main(void) { puts("system(\\"ls\\"); fork()"); /* execve */ return 0; }',
      'int system(int a) { return a; }\nint main(void) { return system(1); }',
      'struct fork { int popen; };\nint main(void) { struct fork f; f.popen = 1; return f.popen; }',
      'int main(void) { int fork = 1, system[3] = {0}; return fork + system[0]; }',
      '#include <unistd.h>\n#include <signal.h>\n#include <pthread.h>\nint main(void) { getpid(); sleep(0); signal(SIGINT, SIG_DFL); raise(0); return 0; }',
      '#define LIMIT 3 /* of the system */\n#define NAME "fork" // popen\nint main(void) { return LIMIT; }',
      'int fork(int n);\nint main(void) { return fork(2); }\nint fork(int n) { return n; }',
    ],
  },
  terminal({
    refuses: [
      '#include <windows.h>\n#include <conio.h>\n#include <stdlib.h>\nint main(void) { system("pause"); system("CLS"); }',
      '#include <stdlib.h>\n#ifdef _WIN32\n#define CLEAR "cls"\n#else\n#define CLEAR "clear"\n#endif\nint main(void) { system(CLEAR); }',
      '#define PAUSE system("pause > nul")\n#define CLEAR() (void)system("clear")\nint main(void) { CLEAR(); PAUSE; }',
      '#include <stdlib.h>\nint main(void) { const char *command = "cls"; system(command); system("color 0A"); system("title Bank of C"); }',
      '#include <stdlib.h>\nint main(int c, char **v) { system(c > 1 ? "cls" : "clear"); system("cls || clear"); system("mode con: cols=80 lines=25"); }',
    ],
    allows: ['int main(void) { puts("system(\\"cls\\")"); return 0; } // system("pause")'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: [
      ...each('', 'socket socketpair getaddrinfo gethostbyname'),
      ...includes('sys/socket.h netdb.h sys/un.h curl/curl.h boost/asio.hpp'),
    ],
    refuses: [
      '#include <sys/socket.h>\nint main(void) { return 0; }',
      '#include <netdb.h>\nint main(void) { return 0; }',
      'int socket(int, int, int);\nint main(void) { return socket(2, 1, 0); }',
    ],
    allows: [
      '#include <arpa/inet.h>\n#include <stdio.h>\nint main(void) { printf("%u", htonl(1)); return 0; }',
      'void connect(int a, int b) {}\nint bind(int x) { return x; }\nint main(void) { connect(bind(1), 2); return 0; }',
      'struct socket { int fd; };\nint main(void) { struct socket s; s.fd = 1; return s.fd; } // socket()',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'System calls that change the process or its surroundings are not allowed',
    why: 'They are how a sandbox is attacked, and nothing that is judged needs them.',
    uses: [...each('', NATIVE_CALLS), ...includes('dlfcn.h sys/ptrace.h sys/mount.h')],
    refuses: [
      '#include <dlfcn.h>\nint main(void) { return 0; }',
      'long syscall(long, ...);\nint main(void) { return syscall(39); }',
      '#include <sys/mman.h>\nint main(void) { mmap(0, 1, PROT_READ | PROT_EXEC, 0, 0, 0); }',
      '#include <sys/ptrace.h>\nint main(void) {}',
    ],
    allows: [
      '#include <sys/mman.h>\n#include <sys/stat.h>\n#include <sys/types.h>\nint main(void) { mmap(0, 1, PROT_READ, 0, 0, 0); return 0; }',
      'int mount(int x) { return x; }\nint main(void) { return mount(1); }',
    ],
  },
  ASSEMBLY,
  INCLUDE,
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    texts: CHANGES_DIRECTORY,
    files: { ...opening(OPENERS), ...OF_TWO },
    refuses: [
      '#include <stdio.h>\nint main(void) { FILE *f = fopen("/etc/passwd", "r"); return 0; }',
      '#include <fcntl.h>\nint main(void) { const char *p = "/proc/self/environ"; return open(p, 0); }',
      '#include <stdio.h>\nint main(void) { fopen("/etc/" "shadow", "r"); }',
      '#include <dirent.h>\nint main(void) { opendir("/"); }',
      '#define P "/etc/passwd"\n#include <stdio.h>\nint main(void) { fopen(P, "r"); }',
      '#include <stdio.h>\nint main(void) { fopen("../../x", "r"); }',
    ],
    allows: [
      '#include <stdio.h>\nint main(void) { FILE *f = fopen("data.txt", "w"); fprintf(f, "/etc/passwd"); fclose(f); return 0; }',
      '#include <stdio.h>\nint main(void) { if (!fopen("/no/such/file", "r")) perror("fopen"); freopen("/dev/null", "w", stdout); return 0; }',
      'int open(const char *p) { return 0; }\nint main(void) { return open("/etc/passwd"); }',
    ],
  },
];
