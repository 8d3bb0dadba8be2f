// Proves at the start that this process may do what boxes need. In a container without privilege one of capabilities,
// filter of system calls or mapped users is easily forgotten, and the first failing call would not say which.
#include "requirements.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  int number;
  const char *name;
} CAPABILITIES[] = {{CAP_SYS_ADMIN, "SYS_ADMIN"}, {CAP_SETUID, "SETUID"}, {CAP_SETGID, "SETGID"},
                    {CAP_SETPCAP, "SETPCAP"},     {CAP_CHOWN, "CHOWN"},   {CAP_DAC_OVERRIDE, "DAC_OVERRIDE"}};

static void add_name(char *list, size_t size, const char *name) {
  size_t length = strlen(list);
  snprintf(list + length, size - length, "%s%s", length ? ", " : "", name);
}

static void require_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2];
  char missing[256] = "";
  if (syscall(SYS_capget, &header, sets) < 0) die("cannot read the own capabilities");
  for (size_t i = 0; i < sizeof CAPABILITIES / sizeof *CAPABILITIES; i++)
    if (!(sets[CAPABILITIES[i].number / 32].effective >> (CAPABILITIES[i].number % 32) & 1))
      add_name(missing, sizeof missing, CAPABILITIES[i].name);
  errno = 0;
  if (*missing)
    die("boxes need capabilities that this process lacks: %s. A container gets them with --cap-add (Docker) or "
        "securityContext.capabilities.add (Kubernetes)",
        missing);
}

static bool is_refused(long answer) { return answer < 0 && (errno == EPERM || errno == ENOSYS); }

// Each call is made with arguments that do nothing or that the kernel rejects otherwise than with EPERM or ENOSYS.
static void require_system_calls(void) {
  const struct {
    const char *name;
    bool is_refused;
  } calls[] = {
      {"pivot_root", is_refused(syscall(SYS_pivot_root, "", ""))},
      {"unshare", is_refused(syscall(SYS_unshare, 0))},
      {"setns", is_refused(syscall(SYS_setns, -1, 0))},
      {"clone3", is_refused(syscall(SYS_clone3, NULL, 0))},
      {"open_tree", is_refused(syscall(SYS_open_tree, -1, "x", 0))},
      {"move_mount", is_refused(syscall(SYS_move_mount, -1, "x", -1, "x", 0))},
      {"umount2", is_refused(syscall(SYS_umount2, "", 0))},
      {"mount", is_refused(syscall(SYS_mount, "", "", NULL, MS_BIND, NULL))},
  };
  char refused[256] = "";
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (calls[i].is_refused) add_name(refused, sizeof refused, calls[i].name);
  errno = 0;
  if (*refused)
    die("a filter of system calls refuses what boxes need: %s. A container gets them with the profile "
        "deploy/seccomp/code-execution-service.json: --security-opt seccomp=FILE (Docker) or a seccompProfile of type "
        "Localhost (Kubernetes)",
        refused);
}

bool ids_are_mapped(const char *map, unsigned first, unsigned last) {
  FILE *file = fopen(map, "re");
  if (!file) return true; // a kernel without user namespaces
  unsigned from, outside, length;
  bool found = false;
  while (!found && fscanf(file, "%u %u %u", &from, &outside, &length) == 3)
    found = first >= from && last - from < length;
  fclose(file);
  return found;
}

bool in_user_namespace(void) {
  char text[128];
  unsigned from, outside, length;
  if (read_file_at(AT_FDCWD, "/proc/self/uid_map", text, sizeof text) <= 0) return false;
  return sscanf(text, "%u %u %u", &from, &outside, &length) != 3 || from != 0 || outside != 0 || length != UINT32_MAX;
}

void require_rights(uid_t first_uid, int slots) {
  unsigned last = first_uid + slots - 1;
  errno = 0;
  if (!ids_are_mapped("/proc/self/uid_map", first_uid, last) || !ids_are_mapped("/proc/self/gid_map", first_uid, last))
    die("the user namespace has no users and groups %u to %u, as which programs run: map 65536 of them", first_uid, last);
  require_capabilities();
  require_system_calls();
}
