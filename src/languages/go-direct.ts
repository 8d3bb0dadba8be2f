// Compiles a single Go source by the compiler and the linker themselves, in six tenths of the time of `go build`, which
// looks at much that such a source has not. Whatever they refuse goes to `go build`, whose messages the author then reads.

import { command, tool } from './command.ts';
import type { CommandContext, LanguageCommand } from './language.ts';

/**
 * Asks `go build` how it calls its tools for such a source, and where the standard library's packages are. Of internal
 * packages only the linker may know. Without an answer that it understands there are no `flags`.
 */
const PREPARE = `set -eu
go=$1 part=$2
shift 2
tools=$("$go" env GOTOOLDIR)
mkdir -p "$part/direct" /tmp/direct
printf 'package main\\n\\nfunc main() {}\\n' >/tmp/direct/main.go
cd /tmp/direct
"$go" build -x "$@" -o /tmp/direct/program main.go >/tmp/direct/said 2>&1
"$go" list "$1" -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std >/tmp/direct/all
grep -v -e '[ /]internal[/=]' -e ' vendor/' /tmp/direct/all >"$part/direct/importcfg"
{ cat /tmp/direct/all; grep '^modinfo ' /tmp/direct/said; } >"$part/direct/importcfg.link"
# Between the options that name files.
compiles=$(sed -n 's#^.*/compile -o .* \\(-p main .*\\) -buildid [^ ]* \\(-goversion .*\\) -importcfg .* -pack ./main.go$#\\1 \\2#p' /tmp/direct/said)
links=$(sed -n 's#^.*/link -o .* -importcfg [^ ]* \\(.*\\) -buildid=[^ ]* \\(.*\\) -extld=.*$#\\1 \\2#p' /tmp/direct/said)
trims=$(sed -n 's#^.*/compile -o .* -trimpath "\\([^"]*\\)" -p main .*$#\\1#p' /tmp/direct/said | sed -e 's#/tmp/direct#/code#g' -e 's#$WORK/b001#/tmp/go-direct#g')
[ -n "$trims" ] && [ -n "$compiles" ] && [ -n "$links" ] || exit 0
printf 'tools=%s\\ntrims="%s"\\ncompiles="%s"\\nlinks="%s"\\n' "$tools" "$trims" "$compiles" "$links" >"$part/direct/flags"
`;

/** Arguments: the part, the source, the command of `go build`. */
const BUILD = `part=$1 source=$2
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
`;

/** Among the inputs of the part. */
export const DIRECT_SCRIPTS = [
  { path: 'direct-prepare.sh', content: PREPARE },
  { path: 'direct-build.sh', content: BUILD },
];

/** `options` are those of `go build`, the one that decides what of the library is used first. */
export function prepareDirect(
  tools: Readonly<Record<string, string>>,
  directory: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): LanguageCommand {
  const script = `${directory}/direct-prepare.sh`;
  return command(['/bin/sh', script, tool(tools, 'go'), directory, ...options], environment);
}

/** Directives that `go build` reads, and C. */
const NEEDS_GO_BUILD = /\/\/go:|\/\/\s*\+build|"C"|`C`/;

/** The command of `build`, by the tools themselves where they do the same. */
export function directly(build: LanguageCommand, context: CommandContext): LanguageCommand {
  const { files, code, prebuilt, prebuiltParts, compileOptions = [] } = context;
  const [source = ''] = files;
  // Words after an underscore in a name choose a system.
  const isPlain = files.length === 1 && /^[A-Za-z0-9]+\.go$/.test(source) && compileOptions.length === 0;
  if (!prebuiltParts.includes('go') || !isPlain || NEEDS_GO_BUILD.test(code)) return build;
  const part = `${prebuilt}/go`;
  return { ...build, argv: ['/bin/sh', `${part}/direct-build.sh`, part, source, ...build.argv] };
}
