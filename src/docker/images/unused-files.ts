// Files of packages that no program here uses: left out of images, since a first start waits for their download.

/** Link-time optimization and sanitizers, for which no program is compiled here. */
const GCC_EXTRAS = [
  '/usr/bin/*-lto-dump-*',
  '/usr/lib/gcc/*/*/lto1',
  '/usr/lib/gcc/*/*/lib*san*',
  '/usr/lib/*/lib*san.*',
];

/** Debian package → files that are removed where it is installed. Versions of packages are fixed by the suites. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  'gcc-11': GCC_EXTRAS,
  'g++-11': GCC_EXTRAS,
  // Comes with a second gcc, while the linker here is gcc-11.
  'rustc-web': ['/usr/lib/gcc/*/12', '/usr/bin/*-lto-dump-12', '/usr/bin/rustdoc'],
  // For making other runtimes, and for heaps beyond 32 GB.
  'openjdk-17-jdk-headless': ['/usr/lib/jvm/*/jmods', '/usr/lib/jvm/*/lib/server/classes_nocoops.jsa'],
  'golang-1.21-go': ['/usr/lib/go-1.21/pkg/tool/*/trace', '/usr/lib/go-1.21/pkg/tool/*/pprof'],
  'golang-1.21-src': ['/usr/share/go-1.21/test', '/usr/share/go-1.21/api'],
};

/** As patterns of the shell. */
export function unusedFilesOf(packages: readonly string[]): string[] {
  return [...new Set(packages.flatMap((name) => UNUSED[name] ?? []))];
}
