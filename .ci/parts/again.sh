#!/bin/bash
# The files that failed and that .ci/flaky lists, once more, one at a time: again.sh FILE...
set -eu
source .ci/node-test.sh
node_test "$@"
