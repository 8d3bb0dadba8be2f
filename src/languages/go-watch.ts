// How a Go program's end shows that its runtime was refused memory: the runtime's own source is replaced by one that ends
// with a signal then. The compiler takes the replacement from an overlay, so the installed source stays as it is.

import { command, tool } from './command.ts';
import type { LanguageCommand } from './language.ts';
import { ALLOCATION_FAILED_NUMBER } from './watched-end.ts';

const OVERLAY = 'overlay.json';

/**
 * `throw` remembers what for, and `fatalthrow` reads it once everything is printed. Without the two places, as in a
 * runtime that is written otherwise, the overlay stays empty. The file is as old as the one that it replaces: the compiler
 * keeps nothing of files of the last seconds, and could not write in a box what it lacks.
 */
const SCRIPT = `set -eu
go="$1" directory="$2"
panic="$("$go" env GOROOT)/src/runtime/panic.go"
own="$directory/panic.go"
awk -v number=${ALLOCATION_FAILED_NUMBER} '
  { print }
  /^func throw\\(s string\\) \\{$/ {
    print "\\tif s == \\"out of memory\\" || s == \\"runtime: out of memory\\" || s == \\"runtime: cannot allocate memory\\" {"
    print "\\t\\tmemoryWasRefused = true"
    print "\\t}"
    places++
  }
  /^func fatalthrow\\(/ { inside = 1 }
  inside && /^\\t\\tif dopanic_m\\(/ { dying = 1 }
  inside && dying && /^\\t\\t}$/ {
    print "\\t\\tif memoryWasRefused {"
    print "\\t\\t\\tdieFromSignal(" number ")"
    print "\\t\\t}"
    places++
    inside = 0
  }
  /^}$/ { inside = dying = 0 }
  END {
    print "\\nvar memoryWasRefused bool"
    exit places == 2 ? 0 : 1
  }
' "$panic" >"$own" && replaced="\\"$panic\\": \\"$own\\"" || replaced=''
[ -z "$replaced" ] || touch -r "$panic" "$own"
printf '{"Replace": {%s}}\\n' "$replaced" >"$directory/${OVERLAY}"
`;

/** Among the inputs of the part. */
export const OVERLAY_SCRIPT = { path: 'overlay.sh', content: SCRIPT };

export function writeOverlay(
  tools: Readonly<Record<string, string>>,
  directory: string,
  environment: Readonly<Record<string, string>>,
): LanguageCommand {
  const script = `${directory}/${OVERLAY_SCRIPT.path}`;
  return command(['/bin/sh', script, tool(tools, 'go'), directory], environment);
}

/** The same for the standard library and for programs: else they would not share what is compiled. */
export function overlayArgument(directory: string): string {
  return `-overlay=${directory}/${OVERLAY}`;
}
