set -eu
go="$1" directory="$2"
panic="$("$go" env GOROOT)/src/runtime/panic.go"
own="$directory/panic.go"
awk -v number=16 '
  { print }
  /^func throw\(s string\) \{$/ {
    print "\tif s == \"out of memory\" || s == \"runtime: out of memory\" || s == \"runtime: cannot allocate memory\" {"
    print "\t\tmemoryWasRefused = true"
    print "\t}"
    places++
  }
  /^func fatalthrow\(/ { inside = 1 }
  inside && /^\t\tif dopanic_m\(/ { dying = 1 }
  inside && dying && /^\t\t}$/ {
    print "\t\tif memoryWasRefused {"
    print "\t\t\tdieFromSignal(" number ")"
    print "\t\t}"
    places++
    inside = 0
  }
  /^}$/ { inside = dying = 0 }
  END {
    print "\nvar memoryWasRefused bool"
    exit places == 2 ? 0 : 1
  }
' "$panic" >"$own" && replaced="\"$panic\": \"$own\"" || replaced=''
[ -z "$replaced" ] || touch -r "$panic" "$own"
printf '{"Replace": {%s}}\n' "$replaced" >"$directory/overlay.json"
