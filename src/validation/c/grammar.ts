// How the syntax trees of C and C++ are read. Whatever a file does not define itself is the library's.

import { allAt, type Grammar, type ImportedName, type Node, type Position } from '../engine/grammar.ts';
import { includedOutside } from '../engine/included-files.ts';
import { streamDeclarations } from './streams.ts';

/** Nodes that a name can be in as the name that a declaration declares. */
const DECLARATORS = /_declarator$|^qualified_identifier$/;
const DECLARATIONS = new Set([
  'declaration',
  'field_declaration',
  'parameter_declaration',
  'optional_parameter_declaration',
  'function_definition',
  'for_range_loop',
  'type_definition',
  'alias_declaration',
  'condition_clause',
]);
const NAMED = new Set([
  'enumerator',
  'preproc_def',
  'preproc_function_def',
  'preproc_params',
  'namespace_definition',
]);
const TYPES = new Set(['struct_specifier', 'class_specifier', 'union_specifier', 'enum_specifier']);
const NO_NAMES = new Set([
  'field_designator',
  'field_initializer',
  'using_declaration',
  'labeled_statement',
  'preproc_ifdef',
  'preproc_defined',
  'preproc_include',
]);
const WORD = /(?<![\w.:>"])[A-Za-z_]\w*/g;
/** Strings and comments. What never ends reaches to the end: a search that failed there would begin anew at the next. */
const NO_CODE = /"(?:\\.|[^"\\])*(?:"|\\?$)|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/g;
const MAX_MACROS = 200;
const MAX_TEXT = 500;

const TYPED = { target: 'declarator', value: 'type' };

export const c: Grammar = {
  parser: 'c',
  extensions: ['.c', '.h'],
  names: ['identifier', 'type_identifier', 'field_identifier'],
  implicit: [''],
  importKinds: ['preproc_include'],
  imports: includedFile,
  members: { field_expression: { object: 'argument', property: 'field' } },
  subscripts: {},
  calls: { call_expression: { callee: 'function', arguments: 'arguments' } },
  argumentLists: ['argument_list'],
  aliases: {
    init_declarator: { target: 'declarator', value: 'value' },
    assignment_expression: { target: 'left', value: 'right' },
    declaration: TYPED,
    preproc_def: { target: 'name', value: 'value' },
  },
  aliasNames: (target) => {
    const name = declaredName(target);
    return name === null ? [] : [{ node: name, member: null }];
  },
  transparent: ['parenthesized_expression', 'pointer_expression', 'cast_expression'],
  position,
  properties: [],
  results: {},
  passes: {},
  rewrites: [],
  strings: ['string_literal', 'raw_string_literal', 'preproc_arg'],
  interpolations: [],
  concatenations: ['concatenated_string', 'binary_expression'],
  alternatives: { conditional_expression: allAt('consequence', 'alternative') },
  hiddenUses: (root) => [...macroUses(root), ...includedOutside(root)],
  complexity: {
    functions: ['function_definition'],
    branches: [
      'if_statement',
      'for_statement',
      'while_statement',
      'do_statement',
      'case_statement',
      'conditional_expression',
    ],
    operators: { binary_expression: ['&&', '||'] },
    nesting: [
      'if_statement',
      'for_statement',
      'while_statement',
      'do_statement',
      'switch_statement',
      'function_definition',
    ],
  },
};

export const cpp: Grammar = {
  ...c,
  parser: 'cpp',
  extensions: ['.cpp', '.cc', '.cxx', '.hpp', '.hh', '.h', '.ipp', '.tpp'],
  names: [...c.names, 'namespace_identifier'],
  members: {
    ...c.members,
    qualified_identifier: { object: 'scope', property: 'name' },
    nested_namespace_specifier: { object: 0, property: -1 },
  },
  calls: { ...c.calls, new_expression: { callee: 'type', arguments: 'arguments' } },
  aliases: { ...c.aliases, namespace_alias_definition: { target: 'name', value: -2 } },
  aliasNames: (target) =>
    target.kind() === 'namespace_identifier' ? [{ node: target, member: null }] : c.aliasNames(target),
  transparent: [...c.transparent, 'qualified_identifier'],
  results: { std: 'itself', filesystem: 'itself' },
  hiddenUses: (root) => [...macroUses(root), ...includedOutside(root), ...streamDeclarations(root)],
  rewrites: [
    [/^std\.(?=\w)/, ''],
    [/^experimental\./, ''],
  ],
  pathCalls: /^(std::)?((filesystem|fs)::)?(path|string)\(/,
  complexity: {
    functions: [...c.complexity.functions, 'lambda_expression'],
    branches: [...c.complexity.branches, 'for_range_loop', 'catch_clause'],
    operators: c.complexity.operators,
    nesting: [
      ...c.complexity.nesting,
      'for_range_loop',
      'try_statement',
      'lambda_expression',
      'class_specifier',
    ],
  },
};

function position(node: Node, parent: Node): Position {
  const kind = String(parent.kind());
  if (NO_NAMES.has(kind)) return 'other';
  if (NAMED.has(kind)) return kind === 'preproc_params' || isField(node, parent, 'name') ? 'own' : 'use';
  if (TYPES.has(kind))
    return isField(node, parent, 'name') && parent.field('body') !== null ? 'own' : 'other';
  if (kind === 'structured_binding_declarator') return 'own';
  return declaratorPosition(node, parent);
}

function isField(node: Node, parent: Node, field: string): boolean {
  return parent.fieldChildren(field).some((child) => child.id() === node.id());
}

/** Climbs from the name to its declaration. A function's without a body only repeats what the library declares. */
function declaratorPosition(node: Node, parent: Node): Position {
  let [child, around] = [node, parent];
  let isFunction = false;
  let isPointer = false;
  for (;;) {
    const kind = String(around.kind());
    if (!DECLARATORS.test(kind)) break;
    const field = kind === 'qualified_identifier' ? 'name' : 'declarator';
    const isInner = kind === 'parenthesized_declarator' || kind === 'reference_declarator';
    if (!isInner && !isField(child, around, field)) return 'use';
    isFunction ||= kind === 'function_declarator';
    isPointer ||= kind === 'parenthesized_declarator';
    const next = around.parent();
    if (next === null) return 'use';
    [child, around] = [around, next];
  }
  const kind = String(around.kind());
  if (!DECLARATIONS.has(kind)) return 'use';
  const isDeclared =
    isField(child, around, 'declarator') || (kind === 'alias_declaration' && isField(child, around, 'name'));
  if (!isDeclared) return 'use';
  return isFunction && !isPointer && kind === 'declaration' ? 'other' : 'own';
}

function declaredName(target: Node): Node | null {
  let node: Node | null = target;
  for (let depth = 0; node !== null && depth < 8; depth += 1) {
    if (node.kind() === 'identifier') return node;
    if (node.kind() === 'function_declarator') return null;
    node =
      node.field('declarator') ??
      node.children().find((child) => /declarator$|^identifier$/.test(String(child.kind()))) ??
      null;
  }
  return null;
}

function includedFile(node: Node): ImportedName[] {
  const path = node.field('path')?.text();
  return path?.startsWith('<') ? [{ name: null, path: path.replaceAll('.', '·'), node }] : [];
}

/** What macros stand for: their bodies are text to the parser, and may be put together of parts. */
function macroUses(root: Node): { path: string; node: Node }[] {
  const macros = root
    .findAll({ rule: { any: [{ kind: 'preproc_def' }, { kind: 'preproc_function_def' }] } })
    .slice(0, MAX_MACROS);
  if (macros.length === 0) return [];
  const source = root.text();
  return macros.flatMap((node) => {
    const body = node.field('value')?.text() ?? '';
    const words = body.replace(NO_CODE, ' ').match(WORD) ?? [];
    const foreign = words.filter((word) => !isDefinedIn(source, word)).map((path) => ({ path, node }));
    return body.includes('##') ? [...foreign, ...pasted(root, node)] : foreign;
  });
}

function isDefinedIn(source: string, word: string): boolean {
  return new RegExp(`[\\w>*&\\]]\\s+[*&]?${word}\\s*(\\([^;{}#"]*\\)\\s*(const\\s*)?\\{|[=;,\\[])`).test(
    source,
  );
}

/** What the calls of a macro with `##` become, parts put together. */
function pasted(root: Node, macro: Node): { path: string; node: Node }[] {
  const name = macro.field('name')?.text() ?? '';
  const body = macro.field('value')?.text().slice(0, MAX_TEXT) ?? '';
  const parameters = namedTexts(macro.field('parameters'));
  if (!/^\w{1,80}$/.test(name)) return [];
  const calls = root.findAll({
    rule: { kind: 'call_expression', has: { field: 'function', regex: `^${name}$` } },
  });
  return calls.slice(0, MAX_MACROS).flatMap((node) => {
    const values = namedTexts(node.field('arguments'));
    const filled = body.replace(
      /\b\w+\b/g,
      (word) => values[parameters.indexOf(word)]?.slice(0, MAX_TEXT) ?? word,
    );
    const words =
      filled
        .split('##')
        .map((part) => part.trim())
        .join('')
        .replace(NO_CODE, ' ')
        .match(WORD) ?? [];
    return words.slice(0, MAX_MACROS).map((path) => ({ path, node }));
  });
}

function namedTexts(list: Node | null): string[] {
  return (list?.children() ?? []).filter((child) => child.isNamed()).map((child) => child.text());
}
