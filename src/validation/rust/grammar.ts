// How Rust's syntax tree is read. What stands in macros is a list of words to the parser, and is followed as such.

import { type Grammar, type ImportedName, type Node, positions } from '../engine/grammar.ts';
import { macroIncludes } from '../engine/included-files.ts';

const MAX_DEPTH = 12;

export const rust: Grammar = {
  parser: 'rust',
  extensions: ['.rs'],
  names: ['identifier', 'type_identifier'],
  implicit: ['prelude', ''],
  importKinds: ['use_declaration', 'extern_crate_declaration'],
  imports: usedNames,
  members: {
    scoped_identifier: { object: 'path', property: 'name' },
    scoped_type_identifier: { object: 'path', property: 'name' },
    field_expression: { object: 'value', property: 'field' },
  },
  subscripts: {},
  calls: {
    call_expression: { callee: 'function', arguments: 'arguments' },
    macro_invocation: { callee: 'macro', arguments: -1 },
  },
  argumentLists: ['arguments'],
  aliases: {
    let_declaration: { target: 'pattern', value: 'value' },
    const_item: { target: 'name', value: 'value' },
    static_item: { target: 'name', value: 'value' },
  },
  aliasNames: (target) => {
    const name =
      target.kind() === 'mut_pattern'
        ? target.children().find((child) => child.kind() === 'identifier')
        : target;
    return name?.kind() === 'identifier' ? [{ node: name, member: null }] : [];
  },
  transparent: [
    'scoped_identifier',
    'scoped_type_identifier',
    'parenthesized_expression',
    'reference_expression',
    'try_expression',
    'await_expression',
    'type_cast_expression',
  ],
  position: positions(
    {
      function_item: ['name'],
      struct_item: ['name'],
      enum_item: ['name'],
      union_item: ['name'],
      trait_item: ['name'],
      type_item: ['name'],
      mod_item: ['name'],
      enum_variant: ['name'],
      const_item: ['name'],
      static_item: ['name'],
      macro_definition: ['name'],
      parameter: ['pattern'],
      closure_parameters: 'any',
      let_declaration: ['pattern'],
      for_expression: ['pattern'],
      mut_pattern: 'any',
      tuple_pattern: 'any',
      ref_pattern: 'any',
    },
    {
      scoped_use_list: 'any',
      use_list: 'any',
      use_as_clause: 'any',
      use_declaration: 'any',
      use_wildcard: 'any',
      field_initializer: ['field'],
      attribute: 'any',
      lifetime: 'any',
    },
  ),
  properties: [],
  results: { std: 'itself', core: 'itself', alloc: 'itself' },
  passes: {},
  rewrites: [
    [
      /^std\.fs\.(File\.options|OpenOptions\.new)\(\)(\.(read|write|append|create|create_new|truncate)\(\))*/,
      'std.fs.OpenOptions.new()',
    ],
    [/^(core|alloc|prelude\.std)(?=\.)/, 'std'],
    [/^std\.prelude\.v1/, 'prelude'],
  ],
  strings: ['string_literal', 'raw_string_literal'],
  interpolations: [],
  concatenations: ['binary_expression'],
  pathCalls: /^(((std::)?path::)?(Path|PathBuf)::(new|from)|String::from|(format|concat)!)\s*\(/,
  hiddenUses: macroIncludes,
  wordLists: { kinds: ['token_tree'], joints: ['::', '.'] },
  complexity: {
    functions: ['function_item', 'closure_expression'],
    branches: ['if_expression', 'for_expression', 'while_expression', 'loop_expression', 'match_arm'],
    operators: { binary_expression: ['&&', '||'] },
    nesting: [
      'if_expression',
      'for_expression',
      'while_expression',
      'loop_expression',
      'match_expression',
      'function_item',
      'closure_expression',
      'impl_item',
      'mod_item',
    ],
  },
};

function usedNames(node: Node): ImportedName[] {
  if (node.kind() === 'extern_crate_declaration') {
    const path = node.field('name')?.text() ?? '';
    return [{ name: node.field('alias')?.text() ?? path, path, node }];
  }
  const argument = node.field('argument');
  return argument === null ? [] : namesIn(argument, '', 0);
}

/** `a::{b, c as d, e::*, self}`. */
function namesIn(node: Node, prefix: string, depth: number): ImportedName[] {
  if (depth > MAX_DEPTH) return [];
  const under = (text: string) =>
    [prefix, text.replace(/^::/, '').replaceAll('::', '.')]
      .filter(Boolean)
      .join('.')
      .replace(/(^|\.)self$/, '');
  switch (String(node.kind())) {
    case 'use_as_clause': {
      const path = under(node.field('path')?.text() ?? '');
      return [{ name: node.field('alias')?.text() ?? null, path, node }];
    }
    case 'use_wildcard':
      return [{ name: '*', path: under(node.child(0)?.text() ?? ''), node }];
    case 'scoped_use_list': {
      const list = node.field('list');
      return list === null ? [] : namesIn(list, under(node.field('path')?.text() ?? ''), depth + 1);
    }
    case 'use_list':
      return node.children().flatMap((child) => (child.isNamed() ? namesIn(child, prefix, depth + 1) : []));
    case 'self':
      return [{ name: prefix.split('.').at(-1) ?? prefix, path: prefix, node }];
    default: {
      const path = under(node.text());
      return [{ name: path.split('.').at(-1) ?? path, path, node }];
    }
  }
}
