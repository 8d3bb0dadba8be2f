// A Go source that the compiler and the linker get directly becomes the same program, and fails with the same words, as by
// `go build`, which gets the same source with a word in a comment that makes it one for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../service.ts';
import { run, useService } from './shared-service.ts';

const SOURCES = {
  'what a program knows of itself, and how it panics': `package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	info, ok := debug.ReadBuildInfo()
	_, file, line, _ := runtime.Caller(0)
	fmt.Println(ok, info, file, line, runtime.Version(), os.Getenv("GODEBUG"), runtime.GOROOT())
	var none []int
	fmt.Println(none[len(os.Args)])
}
`,
  'a type error': 'package main\n\nfunc main() { var a int = "x"; b := 1 }\n',
  'a syntax error': 'package main\n\nfunc main() { a := }\n',
  'an unknown package': 'package main\n\nimport _ "nothing/here"\n\nfunc main() {}\n',
  'a package that only the library may import': 'package main\n\nimport _ "internal/abi"\n\nfunc main() {}\n',
  'no package main': 'package other\n\nfunc main() {}\n',
  'no function main': 'package main\n',
  'a function without a body': 'package main\n\nfunc f()\n\nfunc main() { f() }\n',
} as const;

useService({}, 'with all parts');

const shownOf = ({ status, compile, results: [result] }: Answer) => ({
  status,
  compiler: [compile?.exit_code, compile?.output],
  run: [result?.exit_code, result?.stdout, result?.stderr?.replaceAll(/0x[0-9a-f]+|\+0x\w+/g, '')],
});

for (const [name, code] of Object.entries(SOURCES)) {
  test(name, async () => {
    const direct = await run({ language: 'go', code });
    const built = await run({ language: 'go', code: `${code}// "C"\n` });
    assert.deepEqual(shownOf(direct), shownOf(built));
  });
}
