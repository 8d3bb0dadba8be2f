#!/bin/bash
# Every language on toolchains made of Debian packages on the spot.
set -eu
source .ci/node-test.sh
export TOOLCHAINS=debian LANGUAGES=python,javascript,cpp DATA_DIR="$WORK/debian"
node_test test/languages/examples.test.ts
