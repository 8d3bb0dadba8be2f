// Rust: one crate whose root is the main file; its modules are the other submitted files. The linker is named, because
// the one called `cc` may be another compiler's.

import { command, plainArgument, programCommand, tool } from './command.ts';
import { RUST_OPTIONS } from './compile-options.ts';
import type { InstalledTool, Language } from './language.ts';
import { ALLOCATION_FAILED_NUMBER } from './watched-end.ts';

/** Ends a program by a signal of its own when an allocation failed that had to succeed. */
const WATCH = `#![feature(alloc_error_hook)]
use std::alloc::{set_alloc_error_hook, Layout};
use std::io::Write;

extern "C" {
    fn raise(signal: i32) -> i32;
}

fn end(layout: Layout) {
    let _ = writeln!(std::io::stderr(), "memory allocation of {} bytes failed", layout.size());
    unsafe { raise(${ALLOCATION_FAILED_NUMBER}) };
}

extern "C" fn install() {
    set_alloc_error_hook(end);
}

#[used]
#[link_section = ".init_array"]
static INSTALL: extern "C" fn() = install;
`;

const RUSTC: InstalledTool = {
  name: 'rustc',
  hostNames: ['rustc'],
  debianPath: '/usr/bin/rustc',
  versionArguments: ['--version'],
  versionPattern: /^rustc (\d+\.\d+\.\d+)/,
  minimumVersion: '1.75',
  directoryArguments: ['--print', 'sysroot'],
};

const LINKER: InstalledTool = {
  name: 'linker',
  hostNames: ['gcc', 'gcc-14', 'gcc-13', 'gcc-12', 'gcc-11', 'clang'],
  debianPath: '/usr/bin/gcc-11',
  versionArguments: ['-dumpversion'],
  versionPattern: /^(\d+(?:\.\d+)*)/,
  minimumVersion: '0',
};

export const rust: Language = {
  id: 'rust',
  name: 'Rust',
  aliases: ['rs'],
  fileExtension: '.rs',
  // Editions.
  standards: { 2015: '2015', 2018: '2018', 2021: '2021' },
  tools: [RUSTC, LINKER],
  debianPackages: ['rustc-web', 'gcc-11', 'libc6-dev'],
  debianMegabytes: 867,
  versions: {
    '1.85': {
      tools: [
        { ...RUSTC, hostNames: [], minimumVersion: '1.85' },
        { ...LINKER, hostNames: [], debianPath: '/usr/bin/gcc-14', minimumVersion: '0' },
      ],
      debianRelease: 'trixie',
      debianPackages: ['rustc', 'gcc-14', 'libc6-dev'],
      debianMegabytes: 678,
    },
  },
  compileOptions: RUST_OPTIONS,
  versionTool: 'rustc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.rs',
  prebuild: {
    part: 'rust',
    essential: false,
    inputs: [{ path: 'watch.rs', content: WATCH }],
    commands: (tools, directory) => [
      command(
        [
          tool(tools, 'rustc'),
          ...['--edition=2021', '--crate-name=watch', '--crate-type=lib', '--emit=obj', '-O'],
          ...['-o', `${directory}/watch.o`, `${directory}/watch.rs`],
        ],
        // The hook of a failed allocation is not stable; nothing of a submission is compiled so.
        { RUSTC_BOOTSTRAP: '1' },
      ),
    ],
  },
  watch: { part: 'rust', usualEnd: { exitCode: null, signal: 'SIGABRT' }, runtimeSignals: [] },
  compile: ({ tools, sourceFile, prebuilt, prebuiltParts, standard = '2021', compileOptions = [] }) =>
    command([
      tool(tools, 'rustc'),
      // Without the standard library's symbols linking takes a quarter less time; panics name their place all the same.
      ...(compileOptions.some((option) => option.startsWith('--edition')) ? [] : [`--edition=${standard}`]),
      ...['--color=never', '--crate-name=program', '--crate-type=bin'],
      ...['-O', '-C', 'strip=symbols'],
      ...['-C', `linker=${tool(tools, 'linker')}`],
      ...(prebuiltParts.includes('rust') ? ['-C', `link-arg=${prebuilt}/rust/watch.o`] : []),
      ...compileOptions,
      ...['-o', '/box/out/program', plainArgument(sourceFile)],
    ]),
  run: () => programCommand(['/build/program']),
  ranOutOfMemory: ({ signal, stderr }) =>
    signal === 'SIGABRT' && /(?:^|\n)memory allocation of \d{1,20} bytes failed\n?$/.test(stderr),
  examples: {
    hello: {
      code: 'fn main() {\n    println!("Hello, World!");\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let sum: i64 = line.split_whitespace().map(|word| word.parse::<i64>().unwrap()).sum();
    println!("{sum}");
}
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
