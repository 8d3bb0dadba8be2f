#!/bin/bash
# Brings the programs that the tests of deploy/ use into a cache, once for each version: `tools.sh NAME...` with NAME one of
# helm, kube-apiserver, kubectl (made from Go's module proxy, minutes of CPU each), etcd and promtool (from Debian's
# packages). It prints the path of each. Tests take only what is there and never wait for this.
set -euo pipefail

HELM=3.19.2 KUBERNETES=1.34.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/code-execution-service/tools
mkdir -p "$cache"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=mod

module() { # MODULE@VERSION: copies its source to $work/source
  local source
  source=$(cd "$work" && go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  rm -rf "$work/source"
  cp -r "$source" "$work/source"
  chmod -R u+w "$work/source"
}

keep() { # FILE NAME: whole or not at all
  cp "$1" "$cache/.$2.$$"
  chmod 755 "$cache/.$2.$$"
  mv "$cache/.$2.$$" "$cache/$2"
}

from_debian() { # PACKAGE PATH NAME
  (cd "$work" && apt-get -o APT::Sandbox::User=root download -qq "$1" >&2 && dpkg-deb -x "$1"_*.deb "$1")
  keep "$work/$1$2" "$3"
}

make_helm() {
  module "helm.sh/helm/v3@v$HELM"
  (cd "$work/source" && go build -ldflags '-s -w' -o ../helm ./cmd/helm)
  keep "$work/helm" "helm-$HELM"
}

# The module of Kubernetes names its own parts by relative paths, which the proxy has as modules of their own.
make_kubernetes() { # PROGRAM
  module "k8s.io/kubernetes@v$KUBERNETES"
  local minor=${KUBERNETES#1.} version=k8s.io/component-base/version
  (
    cd "$work/source"
    rm -rf go.work* vendor
    sed -i -E "s#^(\s*k8s.io/[a-z0-9.-]+ =>) \./staging/src/(k8s.io/[a-z0-9.-]+).*#\1 \2 v0.$minor#" go.mod
    go build -ldflags "-s -w -X $version.gitVersion=v$KUBERNETES -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" -o "../$1" "./cmd/$1"
  )
  keep "$work/$1" "$1-$KUBERNETES"
}

for name in "$@"; do
  case $name in
    helm) file=helm-$HELM make=make_helm ;;
    kube-apiserver | kubectl) file=$name-$KUBERNETES make="make_kubernetes $name" ;;
    etcd) file=etcd make='from_debian etcd-server /usr/bin/etcd etcd' ;;
    promtool) file=promtool make='from_debian prometheus /usr/bin/promtool promtool' ;;
    *) echo "unknown tool: $name" >&2 && exit 2 ;;
  esac
  [[ -x $cache/$file ]] || $make
  echo "$cache/$file"
done
