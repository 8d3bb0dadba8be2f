# What the gate needs of the machine: Debian packages, gVisor, a Docker engine, and that nothing is left at the end. Sourced by
# .ci/run, which sets `work`, a directory that is removed at the end, and `running`, process ids of what is under way.
# shellcheck shell=bash

# git, make, gcc, libc6-dev: build; mmdebstrap, python3: toolchains; docker.io: containers; docker-registry: images from
# a registry; redis-server: the tests' own Redis; user-mode-linux, iproute2, kmod: test/cgroup2; chromium: test/pages.
PACKAGES=(git make gcc libc6-dev mmdebstrap python3 docker.io docker-registry redis-server user-mode-linux iproute2 kmod
  chromium)

# Each is the leader of a group in which everything runs that it started and did not detach.
end_all() {
  local leader
  for leader in "${running[@]}"; do kill "$leader" 2>/dev/null || true; done
  for leader in "${running[@]}"; do
    wait "$leader" || true
    kill -KILL -- "-$leader" 2>/dev/null || true
  done
  running=()
}

# Only below $work, and mounts first: deleting through a bind mount would delete what it shows.
clean_up() {
  local mounts
  end_all
  mounts=$(awk -v below="$work/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
  [[ -z $mounts ]] || xargs -r -d '\n' umount -l <<<"$mounts"
  if grep -qF " $work/" /proc/self/mountinfo; then
    echo "left in place, something is still mounted below: $work"
  else
    rm -rf "$work"
  fi
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "installing ${missing[*]}"
  # No service that a package brings is started: tests start what they need themselves.
  printf '#!/bin/sh\nexit 101\n' >"$work/policy-rc.d"
  chmod +x "$work/policy-rc.d"
  [[ -e /usr/sbin/policy-rc.d ]] || cp "$work/policy-rc.d" /usr/sbin/policy-rc.d
  if ! { apt-get update -q && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1; then
    tail -n 30 "$work/apt.log"
    return 1
  fi
  ! cmp -s "$work/policy-rc.d" /usr/sbin/policy-rc.d || rm /usr/sbin/policy-rc.d
}

# Only backports have a version of gVisor that runs here. Without it its tests are skipped, each with that reason.
install_gvisor() {
  local mirror list=$work/backports.list
  [[ ! -x /usr/bin/runsc ]] || return 0
  # shellcheck disable=SC2016 # apt expands it
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
  echo "deb $mirror bookworm-backports main" >"$list"
  if ! { apt-get update -q -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 &&
    apt-get install -y --no-install-recommends -o Dir::Etc::sourcelist="$list" -t bookworm-backports runsc; } >"$work/gvisor.log" 2>&1; then
    echo 'runsc cannot be installed, its tests are skipped:' && tail -n 3 "$work/gvisor.log"
  fi
}

# An engine for all parts, with its own storage, that touches neither bridges nor packet filters of this machine.
start_engine() {
  local place=$work/docker
  mkdir "$place"
  export DOCKER_HOST=unix://$place/docker.sock
  setsid dockerd --iptables=false --ip6tables=false --bridge=none -H "$DOCKER_HOST" --log-level=warn \
    --data-root "$place/data" --exec-root "$place/exec" --pidfile "$place/docker.pid" >"$place/log" 2>&1 &
  running+=($!)
  for ((attempt = 0; attempt < 300; attempt++)); do
    /usr/bin/docker version >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  echo 'the Docker engine does not start:' && tail -n 20 "$place/log"
  return 1
}
