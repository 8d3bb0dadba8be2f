#!/bin/bash
# Every language in containers, with the packages of one image.
set -eu
source .ci/node-test.sh
export SANDBOX=docker DATA_DIR="$WORK/data"
node_test test/images.test.ts test/languages/{examples,judging,memory,unit-tests}.test.ts
