#!/bin/bash
# A figure for the log: the share of code that unit tests run. Whether they pass is decided in the part `tests`; here they run
# slower, so only a missing figure is a failure.
npm run coverage >"$WORK/coverage.txt" 2>&1
grep -E '^coverage by unit tests: ' "$WORK/coverage.txt" || { tail -n 50 "$WORK/coverage.txt" && exit 1; }
