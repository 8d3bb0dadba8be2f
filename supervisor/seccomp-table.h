// The system calls that no program in a box needs, and the answer to each. All other calls up to LAST_KNOWN_CALL are allowed;
// newer ones do not exist for a program (ENOSYS), so that libraries fall back. X(name, answer): KILL ends the program
// (SIGSYS), which is reported as a security violation: for calls whose only use here is an attack. EPERM, ENOSYS and
// EOPNOTSUPP are for calls that honest libraries try. NOTHING reports success and does nothing: for calls whose effect on
// shared files would reach other boxes, and without which honest programs fail.
#define SECCOMP_TABLE(X)                                                                                    \
  /* mounts and roots */                                                                                    \
  X(mount, KILL) X(umount2, KILL) X(pivot_root, KILL) X(chroot, KILL)                                       \
  X(open_tree, KILL) X(move_mount, KILL) X(fsopen, KILL) X(fsconfig, KILL) X(fsmount, KILL)                 \
  X(fspick, KILL) X(mount_setattr, KILL) X(quotactl, KILL) X(quotactl_fd, KILL)                             \
  X(swapon, KILL) X(swapoff, KILL) X(acct, KILL)                                                            \
  /* namespaces; the filter can read clone's flags, but not clone3's */                                      \
  X(setns, KILL) X(unshare, KILL) X(clone3, ENOSYS)                                                         \
  /* other processes' memory and descriptors */                                                             \
  X(ptrace, KILL) X(process_vm_readv, KILL) X(process_vm_writev, KILL) X(pidfd_getfd, KILL)                 \
  X(kcmp, KILL) X(process_madvise, EPERM)                                                                   \
  /* a directory of /proc is as good as a descriptor of a process: process 1 of a container could be reached */  \
  X(pidfd_send_signal, EPERM)                                                                               \
  /* what others open in the roots that all boxes share */                                                  \
  X(inotify_add_watch, EPERM)                                                                               \
  /* locks on shared files, which others would wait for or could read; which shared files are in memory */        \
  X(flock, NOTHING) X(fadvise64, NOTHING)                                                                   \
  /* marks on files and directories that outlive their contents, and access lists that shut out their owner */  \
  X(setxattr, EOPNOTSUPP) X(lsetxattr, EOPNOTSUPP) X(fsetxattr, EOPNOTSUPP)                                  \
  X(removexattr, EOPNOTSUPP) X(lremovexattr, EOPNOTSUPP) X(fremovexattr, EOPNOTSUPP)                        \
  /* kernel code, tracing, keys, and interfaces with a history of holes */                                  \
  X(init_module, KILL) X(finit_module, KILL) X(delete_module, KILL)                                         \
  X(kexec_load, KILL) X(kexec_file_load, KILL) X(bpf, KILL) X(perf_event_open, KILL)                        \
  X(userfaultfd, KILL) X(add_key, KILL) X(request_key, KILL) X(keyctl, KILL)                                \
  X(io_uring_setup, ENOSYS) X(io_uring_enter, ENOSYS) X(io_uring_register, ENOSYS)                          \
  X(open_by_handle_at, KILL) X(name_to_handle_at, EPERM) X(fanotify_init, EPERM)                             \
  X(lookup_dcookie, KILL) X(seccomp, EPERM) X(memfd_secret, ENOSYS)                                         \
  /* asynchronous I/O uses up a limit of the whole machine (fs.aio-max-nr) */                               \
  X(io_setup, ENOSYS)                                                                                       \
  /* the machine */                                                                                         \
  X(reboot, KILL) X(sethostname, KILL) X(setdomainname, KILL) X(settimeofday, KILL)                         \
  X(clock_settime, KILL) X(adjtimex, EPERM) X(clock_adjtime, EPERM) X(syslog, KILL)                         \
  X(vhangup, KILL) X(ioprio_set, EPERM)                                                                     \
  X(mbind, EPERM) X(set_mempolicy, EPERM) X(migrate_pages, EPERM) X(move_pages, EPERM)                      \
  SECCOMP_TABLE_X86(X)

#ifdef __x86_64__
#define SECCOMP_TABLE_X86(X)                                                                                \
  X(iopl, KILL) X(ioperm, KILL) X(modify_ldt, ENOSYS) X(uselib, ENOSYS) X(ustat, ENOSYS)                    \
  X(sysfs, ENOSYS) X(_sysctl, ENOSYS) X(create_module, ENOSYS) X(get_kernel_syms, ENOSYS)                   \
  X(query_module, ENOSYS) X(nfsservctl, ENOSYS)
#else
#define SECCOMP_TABLE_X86(X) X(nfsservctl, ENOSYS)
#endif

// Calls that are allowed with some arguments only: see `emit_answer` in seccomp.c.
//   setpriority, sched_set*, prlimit64, kill and all that signals: not of process 1, which in a container is the supervisor
//                and has the same user (EPERM); not every kernel protects it
//   clone        no CLONE_NEW* flag (KILL)
//   socket(pair) AF_UNIX only (EAFNOSUPPORT), with its three types (EPROTONOSUPPORT). No box has a network; internet sockets
//                hold memory that no control group counts (keys of TCP_MD5SIG, memberships, connections to oneself), and
//                leave flow labels behind in the network namespace
//   setsockopt   no filters for a socket: memory that no control group counts (EPERM)
//   mmap, memfd_create,
//   shmget       no huge pages of the machine's reserve, which no memory limit counts (ENOMEM, as where there are none)
//   personality  only plain Linux personalities and the query (EPERM)
//   ioctl        no TIOCSTI, TIOCLINUX: input for another process's terminal; no TIOCCONS: the machine's console; no
//                TIOCSETD: line disciplines of modems and networks, which the kernel loads on request (EPERM); no inode
//                flags, which outlive a run as attributes do (ENOTTY, as from file systems without them)
//   fcntl        no F_SETLEASE, F_NOTIFY: signals between boxes over shared files; no F_SET_RW_HINT: a mark on a shared
//                file (EPERM). Setting a lock succeeds without effect, as with flock, so that F_GETLK finds none
//   preadv2      no RWF_NOWAIT, RWF_DONTCACHE: they reveal whether a shared file is in memory (EOPNOTSUPP)
//   prctl        no PR_SET_SECCOMP, which installs filters (EPERM); no names for mappings, which no control group counts,
//                no core scheduling, which idles cores, no merging of equal pages (EINVAL, as from kernels without them)
//   madvise      no merging of equal pages, which reveals others' memory, and nothing that evicts files from memory sooner
//                (EINVAL)
//   setrlimit,
//   prlimit64    no change of RLIMIT_CORE: any other value may start a program of the machine (EPERM)

// Calls of the table that launchers and the init of a box make: a program's own part of the filter rejects them.
#define CALLS_OF_INIT(X) X(mount) X(move_mount) X(unshare) X(clone3) X(seccomp)

// futex_waitv, the newest call that the C libraries of the supported distributions use.
#define LAST_KNOWN_CALL 449
