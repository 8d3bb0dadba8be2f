part=$1 source=$2
shift 2
[ -r "$part/direct/flags" ] || exec "$@"
. "$part/direct/flags"
work=/tmp/go-direct
mkdir "$work" && cd /code &&
  "$tools/compile" -o "$work/main.a" -trimpath "$trims" $compiles -importcfg "$part/direct/importcfg" -pack "./$source" >"$work/said" 2>&1 &&
  GOROOT= "$tools/link" -o /box/out/program -importcfg "$part/direct/importcfg.link" $links "$work/main.a" >>"$work/said" 2>&1 &&
  [ ! -s "$work/said" ] && exit 0
rm -rf "$work" /box/out/program
exec "$@"
