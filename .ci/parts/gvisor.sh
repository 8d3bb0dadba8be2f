#!/bin/bash
# The Docker driver with containers on gVisor.
set -eu
source .ci/node-test.sh
node_test src/docker/driver/docker-gvisor.test.ts test/containers/gvisor{,-log}.test.ts
