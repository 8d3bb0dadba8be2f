// How Lua's syntax tree is read.

import { type Grammar, positions } from '../engine/grammar.ts';

export const lua: Grammar = {
  parser: 'lua',
  extensions: ['.lua'],
  names: ['identifier'],
  implicit: [''],
  importKinds: [],
  imports: () => [],
  members: {
    dot_index_expression: { object: 'table', property: 'field' },
    method_index_expression: { object: 'table', property: 'method' },
  },
  subscripts: { bracket_index_expression: { object: 'table', index: 'field' } },
  calls: { function_call: { callee: 'name', arguments: 'arguments' } },
  argumentLists: ['arguments'],
  aliases: { assignment_statement: { target: 0, value: -1 } },
  aliasNames: (target) => {
    const [name, another] = target.children().filter((child) => child.isNamed());
    return name?.kind() === 'identifier' && another === undefined ? [{ node: name, member: null }] : [];
  },
  transparent: ['parenthesized_expression', 'expression_list'],
  position: positions(
    {
      function_declaration: ['name'],
      parameters: 'any',
      variable_list: 'any',
      for_numeric_clause: ['name'],
    },
    { field: ['name'], goto_statement: 'any', label_statement: 'any' },
  ),
  properties: ['identifier'],
  results: { 'require()': 'module', 'package.loaded': 'itself', _G: 'itself', _ENV: 'itself' },
  passes: { rawget: 'member' },
  rewrites: [
    [/^(_G|_ENV)\.(?!<)/, ''],
    [/^package\.loaded\.(?!<)/, ''],
  ],
  strings: ['string'],
  interpolations: [],
  concatenations: ['binary_expression'],
  complexity: {
    functions: ['function_declaration', 'function_definition'],
    branches: ['if_statement', 'elseif_statement', 'for_statement', 'while_statement', 'repeat_statement'],
    operators: { binary_expression: ['and', 'or'] },
    nesting: [
      'if_statement',
      'for_statement',
      'while_statement',
      'repeat_statement',
      'function_declaration',
      'function_definition',
    ],
  },
};
