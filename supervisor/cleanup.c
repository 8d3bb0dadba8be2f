// A container cannot make namespaces, so this searches each kind of place where a program can leave something. Programs
// run as the same user as this process: what they can make, this process can remove.
#include "cleanup.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { KILL_ROUNDS = 5000, ROUND_US = 1000, MAX_REMOVALS = 1 << 20 };

bool cleanup_processes(void) {
  for (int round = 0; round < KILL_ROUNDS; round++) {
    if (HAS(KILL_AT_END)) kill(-1, SIGKILL); // every process that this one can see, except itself
    pid_t ended;
    do ended = waitpid(-1, NULL, WNOHANG | __WALL);
    while (ended > 0 || (ended < 0 && errno == EINTR));
    if (ended < 0 && kill(-1, 0) < 0 && errno == ESRCH) return true;
    if (!HAS(KILL_AT_END)) return true;
    usleep(ROUND_US);
  }
  return false;
}

// Empties `top`, however deep the tree: moves the contents of a directory to `top`, then removes the directory. A program
// cannot prevent this with permissions, as this process owns everything. Returns false if something is left.
static bool empty(int top) {
  static unsigned moved;
  bool again = true;
  for (int removals = 0; again && removals < MAX_REMOVALS;) {
    again = false;
    int copy = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries) return false;
    for (struct dirent *entry; (entry = readdir(entries)) && removals < MAX_REMOVALS; removals++) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      again = true;
      if (unlinkat(top, entry->d_name, 0) == 0 || unlinkat(top, entry->d_name, AT_REMOVEDIR) == 0) continue;
      // It is a directory: a link would have been unlinked.
      if (fchmodat(top, entry->d_name, 0700, 0) < 0) continue;
      int inner = openat(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      DIR *contents = inner < 0 ? NULL : fdopendir(inner);
      for (struct dirent *each; contents && (each = readdir(contents)); removals++) {
        char name[32];
        if (strcmp(each->d_name, ".") == 0 || strcmp(each->d_name, "..") == 0) continue;
        if (unlinkat(inner, each->d_name, 0) == 0 || unlinkat(inner, each->d_name, AT_REMOVEDIR) == 0) continue;
        snprintf(name, sizeof name, ".moved-%u", ++moved);
        // Moving a directory changes its "..": it must be writable.
        if (fchmodat(inner, each->d_name, 0700, 0) < 0) break;
        if (renameat(inner, each->d_name, top, name) < 0 && errno != EEXIST && errno != ENOTEMPTY) break;
      }
      if (contents) closedir(contents);
      unlinkat(top, entry->d_name, AT_REMOVEDIR);
    }
    closedir(entries);
  }
  return !again;
}

// Removes attributes, access lists among them, and inode flags. The filter of system calls rejects them; this is for
// runtimes without that filter, and for calls of later kernels. Attributes that are missing or unsupported are no failure.
static void remove_marks(int directory) {
  static char names[XATTR_LIST_MAX];
  ssize_t length = flistxattr(directory, names, sizeof names);
  for (ssize_t at = 0; at < length; at += strlen(names + at) + 1) fremovexattr(directory, names + at);
  unsigned flags = 0;
  if (ioctl(directory, FS_IOC_GETFLAGS, &flags) < 0 || flags == 0) return;
  flags = 0;
  ioctl(directory, FS_IOC_SETFLAGS, &flags);
}

// `path` is a mount point, so no program can have replaced it.
static bool empty_path(const char *path) {
  if (chmod(path, 0700) < 0 && errno != EPERM && errno != EROFS) return errno == ENOENT;
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0) return false;
  remove_marks(directory);
  bool done = empty(directory);
  close(directory);
  return done;
}

static bool remove_message_queues(void) {
  int directory = open("/dev/mqueue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return true; // without the mount, queues cannot be listed
  bool done = empty(directory);
  close(directory);
  return done;
}

static bool remove_shared_memory(void) {
  struct shm_info info;
  struct shmid_ds state;
  int last = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
  for (int index = 0; index <= last; index++) {
    int id = shmctl(index, SHM_STAT_ANY, &state); // includes unreadable segments, since Linux 4.17
    if (id < 0) id = shmctl(index, SHM_STAT, &state);
    if (id >= 0) shmctl(id, IPC_RMID, NULL);
  }
  return last < 0 || (shmctl(0, SHM_INFO, (struct shmid_ds *)&info) >= 0 && info.used_ids == 0);
}

static bool remove_semaphores(void) {
  struct seminfo info;
  struct semid_ds state;
  int last = semctl(0, 0, SEM_INFO, &info);
  for (int index = 0; index <= last; index++) {
    int id = semctl(index, 0, SEM_STAT_ANY, &state);
    if (id < 0) id = semctl(index, 0, SEM_STAT, &state);
    if (id >= 0) semctl(id, 0, IPC_RMID);
  }
  return last < 0 || (semctl(0, 0, SEM_INFO, &info) >= 0 && info.semusz == 0);
}

static bool remove_messages(void) {
  struct msginfo info;
  struct msqid_ds state;
  int last = msgctl(0, MSG_INFO, (struct msqid_ds *)&info);
  for (int index = 0; index <= last; index++) {
    int id = msgctl(index, MSG_STAT_ANY, &state);
    if (id < 0) id = msgctl(index, MSG_STAT, &state);
    if (id >= 0) msgctl(id, IPC_RMID, NULL);
  }
  return last < 0 || (msgctl(0, MSG_INFO, (struct msqid_ds *)&info) >= 0 && info.msgpool == 0);
}

static const char *const PLACES[] = {"/box", "/code", "/build", "/dev/shm"}; // a program's temporary files are in /box
enum { PLACE_COUNT = sizeof PLACES / sizeof *PLACES };

// A program can set the times of a file that it owns or can write to, and one of them by reading. So all files that are in
// every container get the present time.
void cleanup_times(void) {
  static const char *const shared[] = {"/dev/mqueue", "/dev/null", "/dev/zero", "/dev/full",
                                       "/dev/random", "/dev/urandom", "/dev/tty"};
  if (!HAS(PRIVATE_MOUNTS)) return;
  for (int i = 0; i < PLACE_COUNT; i++) utimensat(AT_FDCWD, PLACES[i], NULL, 0);
  for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) utimensat(AT_FDCWD, shared[i], NULL, 0);
}

const char *cleanup_places(void) {
  if (!HAS(PRIVATE_MOUNTS)) return NULL;
  for (int i = 0; i < PLACE_COUNT; i++)
    if (!empty_path(PLACES[i])) return PLACES[i];
  struct stat status; // gVisor mounts a file system on /tmp, whatever the image has there
  if (lstat("/tmp", &status) == 0 && S_ISDIR(status.st_mode) && !empty_path("/tmp")) return "/tmp";
  if (!HAS(PRIVATE_IPC)) return NULL;
  if (!remove_message_queues()) return "message queues";
  if (!remove_shared_memory()) return "shared memory";
  if (!remove_semaphores()) return "semaphores";
  if (!remove_messages()) return "messages";
  return NULL;
}
