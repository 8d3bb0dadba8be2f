#!/bin/bash
# The native sandbox's tests on a kernel with control groups version 2: with the machine's own view of them, then with a
# container's, and under systemd. One guest after the other, since each keeps one core busy.
set -eu
# Of the escapes, those that control groups hold; filter, namespaces and file systems are the same on both versions.
ESCAPES=(cpu-burn daemon fork-bomb memory-bomb oom-immunity)

escapes=()
for name in "${ESCAPES[@]}"; do escapes+=("test/escapes/$name.test.ts"); done
code=0
test/cgroup2/run.sh --limit "$LIMIT" --totals "$TEST_TOTALS.machine.json" 'test/cgroup2/*.test.ts' \
  'src/sandbox/native/{native-sandbox,leftovers}.test.ts' "${escapes[@]}" || code=$?
# In a container's view only groups look different.
test/cgroup2/run.sh --container --limit "$LIMIT" --totals "$TEST_TOTALS.container.json" \
  --test-name-pattern='/limit|max|memory|CPU|process|group|daemon|clos|leaves|probe|supervisor/' \
  test/cgroup2/kernel.test.ts src/sandbox/native/native-sandbox.test.ts || code=$?
# Systemd as the first process, which starts a worker by its unit.
test/cgroup2/run.sh --systemd --limit "$LIMIT" --totals "$TEST_TOTALS.systemd.json" test/cgroup2/systemd.test.ts || code=$?
exit "$code"
