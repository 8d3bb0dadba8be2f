#!/bin/bash
# Follows the README's commands with the npm that comes with Node 18, 20 and 22 (10.8.2), on each of these: installs this
# project's HEAD, starts it, asks it for one execution, and stops it while a program runs, which must finish. Packages
# come from npm's cache where they are in it. For root.
set -euo pipefail

NPM=10.8.2 NODES=(18.20.8 20.20.2 22.23.5)
START_SECONDS=120
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/npm-versions.XXXXXX")
service=
trap '[[ -z $service ]] || kill -KILL "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
architecture=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')

# unpack PACKAGE DIRECTORY
unpack() {
  local archive
  archive=$(cd "$work" && npm pack --silent --prefer-offline "$1")
  mkdir -p "$2"
  tar -xzf "$work/$archive" -C "$2" --strip-components=1
  rm "$work/$archive"
}

fail() {
  echo "node $node: $1"
  shift
  ((!$#)) || tail -n 30 "$@"
  exit 1
}

# execute CODE
execute() {
  curl -s --max-time 60 "$url/api/v1/execute" -H 'content-type: application/json' \
    -d "{\"language\": \"javascript\", \"code\": \"$1\"}"
}

try_node() {
  local begun=$SECONDS answer
  node=$1
  unpack "node-linux-$architecture@$node" "$work/node"
  mkdir -p "$work/bin" "$work/project"
  ln -sf "$work/node/bin/node" "$work/bin/node"
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$work/node/bin/node" "$work/npm/bin/npm-cli.js" >"$work/bin/npm"
  chmod +x "$work/bin/npm"
  git -C "$project" -c safe.directory='*' archive HEAD | tar -x -C "$work/project"
  cd "$work/project"
  # As a person has it: nothing of an npm that runs this.
  run=(env -u NPM_CONFIG_LOGLEVEL -u npm_config_loglevel -u npm_config_user_agent PATH="$work/bin:/usr/sbin:/usr/bin:/sbin:/bin")

  "${run[@]}" npm ci --prefer-offline >"$work/install" 2>&1 || fail 'npm ci fails' "$work/install"
  ! grep -qiE 'EBADENGINE|allowScripts|npm warn' "$work/install" || fail 'npm ci warns' "$work/install"
  "${run[@]}" npm run config >"$work/config" 2>&1 || fail 'npm run config fails' "$work/config"

  # In a group of its own, as a terminal starts it.
  setsid "${run[@]}" PORT=0 SANDBOX=native TOOLCHAINS=host REDIS_PORT=1 DATA_DIR="$work/data" npm start >"$work/log" 2>&1 &
  service=$!
  for ((attempt = 0; ; attempt++)); do
    url=$(grep -oE 'Service at http://[0-9.:]+' "$work/log" | grep -oE 'http.*' || true)
    answer=$([[ -z $url ]] || execute 'console.log(6 * 7)' || true)
    [[ $answer != *'"stdout":"42\n"'* ]] || break
    kill -0 "$service" 2>/dev/null || fail 'npm start ends' "$work/log"
    ((attempt < START_SECONDS)) || fail "no answer: $answer" "$work/log"
    sleep 1
  done

  # Ctrl-C: the whole group gets the signal, and npm passes it on besides. It must count once, or what runs is cut short.
  execute 'setTimeout(() => console.log(43), 2000)' >"$work/last" &
  sleep 1
  kill -INT -- "-$service"
  wait "$!" || fail 'the last request was broken off' "$work/log"
  grep -qF '"stdout":"43\n"' "$work/last" || fail 'what ran was cut short' "$work/last" "$work/log"
  wait "$service" || true
  service=
  grep -q '"stopped"' "$work/log" || fail 'the service was not stopped in order' "$work/log"
  echo "node $node, npm $NPM: installed, started, answered and stopped in $((SECONDS - begun)) s"
  cd "$work"
  rm -rf "$work/node" "$work/project" "$work/data"
}

unpack "npm@$NPM" "$work/npm"
for version in "${NODES[@]}"; do try_node "$version"; done
