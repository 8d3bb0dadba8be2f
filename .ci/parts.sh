# Starts parts of the gate and waits for them. A part is a script of .ci/parts that runs in the clone, with its output in a log
# and within a limit of seconds. Sourced by .ci/run, which sets `work` and `running`. What the parts' ends mean is decided in
# results.mjs, from $work/parts.tsv (name, kind, exit code, seconds, limit) and the totals that the test runner writes.
# shellcheck shell=bash

declare -A leaders begun limits kinds

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# begin KIND NAME LIMIT SCRIPT [ARGUMENT...]: KIND is `tests` for a part in which tests must pass, else `work`.
begin() {
  local kind=$1 name=$2 limit=$3
  shift 3
  step "$name begins"
  mkdir -p "$work/totals"
  WORK=$work TEST_TOTALS=$work/totals/$name LIMIT=$limit \
    setsid timeout -k 10 "$limit" bash "$@" >"$work/$name.log" 2>&1 &
  leaders[$name]=$! begun[$name]=$SECONDS limits[$name]=$limit kinds[$name]=$kind
  running+=($!)
}

# Seconds from a part's beginning to its last output: it may have ended long before it is waited for.
seconds_of() {
  local now=$SECONDS silent limit=${limits[$1]}
  silent=$(($(date +%s) - $(stat -c %Y "$work/$1.log")))
  if (($2 == 124)); then echo "$limit"; else echo $((now - silent - begun[$1])); fi
}

# finish NAME: waits for a part that has begun, shows its output and records its end. What it left behind is killed.
finish() {
  local name=$1 code=0 seconds
  wait "${leaders[$name]}" || code=$?
  kill -KILL -- "-${leaders[$name]}" 2>/dev/null || true
  seconds=$(seconds_of "$name" "$code")
  step "$name ended after $seconds s with $code"
  cat "$work/$name.log"
  printf '%s\t' "$name" "${kinds[$name]}" "$code" "$seconds" >>"$work/parts.tsv"
  echo "${limits[$name]}" >>"$work/parts.tsv"
}
