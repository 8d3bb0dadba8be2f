#!/bin/bash
# Follows the README's first screen on a bare Debian 12: a root directory with nothing but nodejs, npm, gcc and curl, in
# which this project's HEAD is installed and started and answers the first request. The root is kept as an archive;
# with --cached it is not made anew, and without an archive nothing is done. For root, with mmdebstrap.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
archive=${BARE_ROOT_ARCHIVE:-/var/cache/code-execution-service/bare-debian.tar}
port=${PORT:-3098}
limit=${BARE_ROOT_LIMIT:-600} # seconds for the installation, and for the first answer

if [[ ! -s $archive ]]; then
  [[ ${1-} != --cached ]] || { echo "no archive $archive: not tried"; exit 0; }
  mkdir -p "$(dirname "$archive")"
  trap 'rm -f "$archive.partial.tar"' EXIT
  mmdebstrap --mode=root --skip=check/empty --variant=apt --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --include=ca-certificates,nodejs,npm,gcc,curl bookworm "$archive.partial.tar" </dev/null
  mv "$archive.partial.tar" "$archive"
fi

# All mounts are made in a namespace of their own, and are gone with it.
if [[ -z ${BARE_ROOT_INSIDE-} ]]; then
  root=$(mktemp -d "${TMPDIR:-/tmp}/bare-root.XXXXXX")
  trap 'rm -rf --one-file-system "$root"' EXIT
  tar -xf "$archive" -C "$root"
  mkdir -p "$root/srv/project"
  git -C "$project" -c safe.directory='*' archive HEAD | tar -x -C "$root/srv/project"
  for file in /etc/resolv.conf /etc/hosts; do cp -L "$file" "$root$file"; done
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  # In the machine's own process namespace: supervisors know each other's control groups by process ids.
  BARE_ROOT_INSIDE=$root unshare --mount --propagation private -- "${BASH_SOURCE[0]}" "$@"
  exit
fi

root=$BARE_ROOT_INSIDE
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/tmp"
registry=$(npm config get registry)

inside() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PORT="$port" npm_config_registry="$registry" \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    chroot "$root" sh -c "cd /srv/project && $1"
}

echo "== node $(inside 'node --version'), npm $(inside 'npm --version')"
begun=$SECONDS
inside "timeout $limit npm ci" 2>&1 | tee "$root/tmp/install"
echo "== npm ci took $((SECONDS - begun)) s"
! grep -qE 'EBADENGINE|allowScripts|npm warn' "$root/tmp/install" || { echo 'npm ci warns'; exit 1; }

begun=$SECONDS
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PORT="$port" chroot "$root" \
  sh -c 'cd /srv/project && exec npm start' >"$root/tmp/log" 2>&1 &
service=$!
trap 'kill -KILL "$service" 2>/dev/null || true' EXIT
# The README's first request, as it is there.
request=$(awk '/^```sh/ { block = ""; on = 1; next } /^```/ { if (block ~ /api\/v1\/execute/) { print block; exit } on = 0 } on { block = block $0 "\n" }' "$project/README.md")
request=${request//3004/$port}
for ((attempt = 0; attempt < limit; attempt++)); do
  answer=$(inside "$request" 2>/dev/null) || answer=
  [[ $answer != *'"status":"accepted"'* ]] || break
  kill -0 "$service" 2>/dev/null || break
  sleep 1
done
if [[ $answer != *'"status":"accepted"'* ]]; then
  tail -n 30 "$root/tmp/log"
  echo "no answer to the first request: $answer"
  exit 1
fi
echo "== the first answer came $((SECONDS - begun)) s after npm start"
inside "curl -s http://127.0.0.1:$port/api/v1/languages" | grep -oE '"id":"[a-z]+"|"status":"[a-z]+"|"installation":\{[^}]*\}' | paste -sd ' '
if [[ -n ${BARE_ROOT_ALL-} ]]; then
  for ((attempt = 0; attempt < 1800; attempt++)); do
    ! grep -q 'All languages' "$root/tmp/log" || break
    sleep 1
  done
  grep -E '"language":|Installing languages|All languages|"level":"(warn|error)"' "$root/tmp/log"
fi
kill -TERM "$service"
trap - EXIT
wait "$service" || true
grep -q '"stopped"' "$root/tmp/log" || { echo 'the service was not stopped in order'; tail -n 5 "$root/tmp/log"; exit 1; }
echo '== stopped in order'
