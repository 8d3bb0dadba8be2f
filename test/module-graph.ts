// Reads a source tree into a graph: each module's path, text and imports, resolved to real files. It parses and
// resolves, and knows nothing of what is allowed.

import { globSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path of the imported file relative to the tree's root; `null` when there is no such file. */
  readonly target: string | null;
  /** Nothing of it is left when types are stripped. */
  readonly isTypeOnly: boolean;
}

export interface Module {
  /** Relative to the tree's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** Reads every `.ts` file of `root` that `patterns` find. Packages and Node's own modules are no part of the graph. */
export function readModules(root: string, patterns: readonly string[]): Module[] {
  const realRoot = realpathSync(root);
  return globSync(patterns, { cwd: realRoot })
    .sort()
    .map((path) => {
      const text = readFileSync(join(realRoot, path), 'utf8');
      return { path, text, imports: readImports(realRoot, path, text) };
    });
}

function readImports(root: string, path: string, text: string): Import[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const add = (source: unknown, isTypeOnly: boolean) => {
    const specifier = (source as { value?: unknown } | null)?.value;
    if (typeof specifier !== 'string' || !isPath(specifier)) return;
    imports.push({ specifier, target: resolveFile(root, path, specifier), isTypeOnly });
  };
  const areTypes = (specifiers: readonly { importKind?: string; exportKind?: string }[]) =>
    specifiers.length > 0 && specifiers.every((each) => (each.importKind ?? each.exportKind) === 'type');
  new Visitor({
    ImportDeclaration: (node) =>
      add(node.source, node.importKind === 'type' || areTypes(node.specifiers as { importKind?: string }[])),
    ExportNamedDeclaration: (node) =>
      add(node.source, node.exportKind === 'type' || areTypes(node.specifiers)),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    TSExternalModuleReference: (node) => add(node.expression, false),
  }).visit(program);
  return imports;
}

function isPath(specifier: string): boolean {
  return /^(\.{1,2}(\/|$)|\/|file:)/.test(specifier);
}

/** Resolves as Node does: by URL, so that no spelling of a path is another path, and through symbolic links. */
function resolveFile(root: string, path: string, specifier: string): string | null {
  const url = new URL(specifier, pathToFileURL(join(root, path)));
  try {
    return relative(root, realpathSync(fileURLToPath(url)));
  } catch {
    return null;
  }
}

/** Every group of modules that import one another in a circle, as the paths of one such circle. */
export function findCycles(modules: readonly Module[]): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const finished = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || finished.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) if (target) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return cycles;
}
