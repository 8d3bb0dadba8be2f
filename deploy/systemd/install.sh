#!/bin/bash
# Installs this checkout as the next release of a fleet's processes on this machine, or upgrades them without downtime:
#   install.sh api 3004 3005        two API processes, for a proxy in front of both
#   install.sh worker 3104          a worker, with /health on this port
# A release is a directory of its own; `current` points to the one that is started. Processes are replaced one after the
# other, each once the one before is ready. If one does not become ready, the script points `current` back, restarts it,
# and ends with 1. With ROOT set, everything is put below it, without npm and users; START=no starts nothing.
set -euo pipefail

usage() { echo "usage: $0 api|worker PORT..." >&2; exit 2; }
[[ $# -ge 2 && $1 =~ ^(api|worker)$ ]] || usage
role=$1
shift
for port in "$@"; do [[ $port =~ ^[0-9]+$ && $port -ge 1 && $port -le 65535 ]] || usage; done

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
root=${ROOT:-}
home=$root/opt/code-execution-service
settings=$root/etc/code-execution-service
READY_SECONDS=${READY_SECONDS:-300} KEPT_RELEASES=3

# The version and the sources: the same checkout is the same release.
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$project/package.json")
digest=$(cd "$project" && find . -path ./node_modules -prune -o -path ./.git -prune -o -path ./data -prune -o -type f -print0 |
  LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
release=$home/releases/$version-$digest

install_release() {
  [[ -e $release/.complete ]] && return
  rm -rf "$release"
  mkdir -p "$release"
  tar -C "$project" --exclude=./.git --exclude=./data --exclude=./node_modules -cf - . | tar -C "$release" -xf -
  [[ -n $root ]] || (cd "$release" && npm ci)
  touch "$release/.complete"
}

point_to() { # atomically
  ln -sfn "$1" "$home/.current"
  mv -T "$home/.current" "$home/current"
}

install_settings() {
  mkdir -p "$settings"
  [[ -e $settings/$role.env ]] || (umask 077 && printf '%s\n' "# Settings of docs/settings.md, one a line." \
    'REDIS_URL=redis://127.0.0.1:6379' >"$settings/$role.env")
}

install_units() {
  mkdir -p "$root/etc/systemd/system"
  cp "$project/deploy/systemd/code-execution-$role@.service" "$root/etc/systemd/system/"
  [[ $role == worker ]] || id code-execution >/dev/null 2>&1 || [[ -n $root ]] ||
    useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin code-execution
}

until_ready() { # PORT
  local waited=0
  until curl -sf -o /dev/null "http://127.0.0.1:$1/health/ready"; do
    ((waited++ < READY_SECONDS)) || return 1
    sleep 1
  done
}

start_one() { # PORT
  systemctl enable -q "code-execution-$role@$1"
  systemctl restart "code-execution-$role@$1"
  until_ready "$1"
}

remove_old() {
  local kept
  kept=$(readlink "$home/current")
  find "$home/releases" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn | tail -n +$((KEPT_RELEASES + 1)) | cut -d' ' -f2- |
    while read -r old; do [[ $old == "$kept" ]] || rm -rf "$old"; done
}

before=$(readlink "$home/current" 2>/dev/null || true)
install_release
install_settings
install_units
point_to "$release"
if [[ ${START:-yes} == no ]]; then echo "$(basename "$release") is installed, nothing is started"; exit; fi
systemctl daemon-reload
for port in "$@"; do
  echo "code-execution-$role@$port starts with $(basename "$release")"
  start_one "$port" && continue
  echo "code-execution-$role@$port is not ready after $READY_SECONDS seconds: journalctl -u code-execution-$role@$port" >&2
  if [[ -n $before && $before != "$release" ]]; then
    echo "it goes on with $(basename "$before")" >&2
    point_to "$before"
    systemctl restart "code-execution-$role@$port"
  fi
  exit 1
done
remove_old
