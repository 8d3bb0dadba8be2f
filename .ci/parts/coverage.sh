#!/bin/bash
# A figure for the log: the share of code that unit tests run. Whether they pass is decided in the part `tests`; here they run
# slower, so a slow machine has no figure, and only a command that breaks is a failure.
seconds=150 code=0
timeout -k 5 "$seconds" npm run coverage >"$WORK/coverage.txt" 2>&1 || code=$?
grep -E '^coverage by unit tests: ' "$WORK/coverage.txt" && exit 0
((code != 124)) || { echo "coverage by unit tests: not counted within $seconds s" && exit 0; }
tail -n 50 "$WORK/coverage.txt"
exit 1
