# Runs test files one at a time with Node's test runner and writes its totals to $TEST_TOTALS.json: node_test FILE...
# Sourced by the parts that run tests.
# shellcheck shell=bash

node_test() {
  node scripts/launch.mjs --test --test-force-exit --test-concurrency=1 \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter="$PWD/scripts/totals-reporter.mjs" --test-reporter-destination="$TEST_TOTALS.json" "$@"
}
