set -eu
go=$1 part=$2
shift 2
tools=$("$go" env GOTOOLDIR)
mkdir -p "$part/direct" /tmp/direct
printf 'package main\n\nfunc main() {}\n' >/tmp/direct/main.go
cd /tmp/direct
"$go" build -x "$@" -o /tmp/direct/program main.go >/tmp/direct/said 2>&1
"$go" list "$1" -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std >/tmp/direct/all
grep -v -e '[ /]internal[/=]' -e ' vendor/' /tmp/direct/all >"$part/direct/importcfg"
{ cat /tmp/direct/all; grep '^modinfo ' /tmp/direct/said; } >"$part/direct/importcfg.link"
# Between the options that name files.
compiles=$(sed -n 's#^.*/compile -o .* \(-p main .*\) -buildid [^ ]* \(-goversion .*\) -importcfg .* -pack ./main.go$#\1 \2#p' /tmp/direct/said)
links=$(sed -n 's#^.*/link -o .* -importcfg [^ ]* \(.*\) -buildid=[^ ]* \(.*\) -extld=.*$#\1 \2#p' /tmp/direct/said)
trims=$(sed -n 's#^.*/compile -o .* -trimpath "\([^"]*\)" -p main .*$#\1#p' /tmp/direct/said | sed -e 's#/tmp/direct#/code#g' -e 's#$WORK/b001#/tmp/go-direct#g')
[ -n "$trims" ] && [ -n "$compiles" ] && [ -n "$links" ] || exit 0
printf 'tools=%s\ntrims="%s"\ncompiles="%s"\nlinks="%s"\n' "$tools" "$trims" "$compiles" "$links" >"$part/direct/flags"
