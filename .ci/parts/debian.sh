#!/bin/bash
# Three languages on toolchains made of Debian packages on the spot; the image has all of them from the same packages.
set -eu
source .ci/node-test.sh
export TOOLCHAINS=debian LANGUAGES=python,javascript,cpp DATA_DIR="$WORK/debian"
node_test test/languages/examples.test.ts
