// How the syntax trees of JavaScript and TypeScript are read; the second has a few more kinds.

import { allAt, type Grammar, type ImportedName, type Node, positions } from '../engine/grammar.ts';
import { references } from '../engine/included-files.ts';
import { isOutsideSource } from '../engine/outside-paths.ts';

const position = positions(
  {
    function_declaration: ['name'],
    generator_function_declaration: ['name'],
    function_expression: ['name'],
    function_signature: ['name'],
    class_declaration: ['name'],
    formal_parameters: 'any',
    arrow_function: ['parameter'],
    required_parameter: ['pattern'],
    optional_parameter: ['pattern'],
    variable_declarator: ['name'],
    assignment_expression: ['left'],
    assignment_pattern: ['left'],
    object_assignment_pattern: ['left'],
    object_pattern: 'any',
    array_pattern: 'any',
    pair_pattern: ['value'],
    rest_pattern: 'any',
    for_in_statement: ['left'],
    catch_clause: ['parameter'],
    enum_declaration: ['name'],
    internal_module: ['name'],
    import_clause: 'any',
    named_imports: 'any',
    namespace_import: 'any',
    import_specifier: 'any',
  },
  { export_specifier: ['alias'] },
);

/** Names that an import binds come from the import; anything else that is bound in those places is the program's own. */
const IMPORTED = new Set(['import_clause', 'namespace_import', 'import_specifier', 'import_require_clause']);

export const javascript: Grammar = {
  parser: 'JavaScript',
  extensions: ['.js', '.mjs', '.cjs', '.jsx'],
  names: ['identifier', 'shorthand_property_identifier', 'shorthand_property_identifier_pattern', 'import'],
  implicit: ['globalThis'],
  importKinds: ['import_statement', 'export_statement'],
  imports: moduleNames,
  members: { member_expression: { object: 'object', property: 'property' } },
  subscripts: { subscript_expression: { object: 'object', index: 'index' } },
  calls: {
    call_expression: { callee: 'function', arguments: 'arguments' },
    new_expression: { callee: 'constructor', arguments: 'arguments' },
  },
  argumentLists: ['arguments'],
  aliases: {
    variable_declarator: { target: 'name', value: 'value' },
    assignment_expression: { target: 'left', value: 'right' },
    assignment_pattern: { target: 'left', value: 'right' },
  },
  aliasNames: patternNames,
  transparent: [
    'parenthesized_expression',
    'sequence_expression',
    'await_expression',
    'as_expression',
    'satisfies_expression',
    'non_null_expression',
    'type_assertion',
  ],
  position: (node, parent) => (IMPORTED.has(String(parent.kind())) ? 'other' : position(node, parent)),
  properties: ['property_identifier'],
  results: {
    'globalThis.require()': 'module',
    'globalThis.import()': 'module',
    'globalThis.module.require()': 'module',
    'globalThis.process.getBuiltinModule()': 'module',
    'module.createRequire()()': 'module',
    'globalThis.global': 'itself',
    'globalThis.window': 'itself',
    'globalThis.self': 'itself',
    'globalThis.globalThis': 'itself',
  },
  passes: { 'Reflect.get': 'member', 'Reflect.construct': 'call' },
  rewrites: [
    [/^node:/, ''],
    // A module by its text or its place is none of the runtime's.
    [/^(data:|https?:|file:|\/).*/, '<computed module>'],
    [/^(\.\.?\/+)+((\.\.\/+){2}|(etc|proc|sys|dev|root|var|home)\/).*/, 'file outside'],
    [/^(globalThis\.)?(globalThis|global|window|self|root)(?=\.|$)/, 'globalThis'],
    [/^([\w/]+)\.default(?=\.|$)/, '$1'],
    [/^globalThis\.process\.mainModule\.require\(\)/, 'globalThis.require()'],
    [/^(fs)\.promises(?=\.|$)/, 'fs/promises'],
    [/\.(call|apply|bind)\(\)$/, '()'],
  ],
  hiddenUses: references,
  strings: ['string', 'template_string'],
  interpolations: ['template_substitution'],
  concatenations: ['binary_expression'],
  alternatives: { ternary_expression: allAt('consequence', 'alternative') },
  pathCalls: /^(path\.(join|resolve)|new URL)\(/,
  functionValues: ['function_expression', 'arrow_function', 'generator_function', 'class'],
  complexity: {
    functions: [
      'function_declaration',
      'function_expression',
      'generator_function',
      'generator_function_declaration',
      'arrow_function',
      'method_definition',
    ],
    branches: [
      'if_statement',
      'for_statement',
      'for_in_statement',
      'while_statement',
      'do_statement',
      'switch_case',
      'catch_clause',
      'ternary_expression',
    ],
    operators: { binary_expression: ['&&', '||', '??'] },
    nesting: [
      'if_statement',
      'for_statement',
      'for_in_statement',
      'while_statement',
      'do_statement',
      'switch_statement',
      'try_statement',
      'function_declaration',
      'function_expression',
      'arrow_function',
      'method_definition',
      'class_body',
    ],
  },
};

export const typescript: Grammar = {
  ...javascript,
  parser: 'TypeScript',
  extensions: ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'],
};

function moduleNames(node: Node): ImportedName[] {
  const source =
    node.field('source') ??
    node
      .children()
      .map((child) => child.field('source'))
      .find((each) => each !== null);
  const path = source
    ?.text()
    .slice(1, -1)
    .replace(/^node:/, '');
  if (path === undefined) return [];
  if (path.startsWith('.')) return isOutsideSource(path) ? [{ name: null, path: 'file outside', node }] : [];
  return [{ name: null, path, node }, ...descendants(node, 3).flatMap((each) => namesOf(each, path))];
}

function descendants(node: Node, depth: number): Node[] {
  if (depth === 0) return [];
  return node.children().flatMap((child) => [child, ...descendants(child, depth - 1)]);
}

function namesOf(node: Node, path: string): ImportedName[] {
  const kind = String(node.kind());
  if (kind === 'import_specifier' || kind === 'export_specifier') {
    const imported = node.field('name')?.text() ?? '';
    return [{ name: node.field('alias')?.text() ?? imported, path: `${path}.${imported}`, node }];
  }
  if (!IMPORTED.has(kind)) return [];
  const name = node
    .children()
    .find((child) => child.kind() === 'identifier')
    ?.text();
  return name === undefined ? [] : [{ name, path, node }];
}

/** `x`, `{ a, b: c, d: { e } }`. */
function patternNames(target: Node, prefix: string | null = null): { node: Node; member: string | null }[] {
  const kind = String(target.kind());
  const named = (name: string) => (prefix === null ? name : `${prefix}.${name}`);
  if (kind === 'identifier') return [{ node: target, member: prefix }];
  if (kind !== 'object_pattern' || (prefix?.split('.').length ?? 0) > 4) return [];
  return target.children().flatMap((child) => {
    const childKind = String(child.kind());
    if (childKind === 'shorthand_property_identifier_pattern')
      return [{ node: child, member: named(child.text()) }];
    if (childKind === 'object_assignment_pattern') {
      const left = child.field('left');
      return left === null ? [] : [{ node: left, member: named(left.text()) }];
    }
    const [key, value] = [child.field('key'), child.field('value')];
    return childKind === 'pair_pattern' && key && value ? patternNames(value, named(key.text())) : [];
  });
}
