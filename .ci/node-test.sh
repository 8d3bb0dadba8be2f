# Runs test files one at a time with Node's test runner: node_test FILE... Its totals are written to $TEST_TOTALS.json, and the
# files' CPU times beside that.
# Sourced by the parts that run tests.
# shellcheck shell=bash

node_test() {
  TEST_CPU=$TEST_TOTALS.cpu.json node scripts/launch.mjs --import="$PWD/scripts/count-cpu.mjs" --test --test-force-exit --test-concurrency=1 \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter="$PWD/scripts/totals-reporter.mjs" --test-reporter-destination="$TEST_TOTALS.json" "$@"
}
