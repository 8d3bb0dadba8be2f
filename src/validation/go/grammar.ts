// How Go's syntax tree is read.

import { type Grammar, type ImportedName, type Node, positions } from '../engine/grammar.ts';

/** Go's names stand in lists: `a, b := f()` has its names in an `expression_list`. */
const LISTS = new Set(['expression_list', 'identifier_list']);
const listed = positions(
  {
    function_declaration: ['name'],
    parameter_declaration: ['name'],
    variadic_parameter_declaration: ['name'],
    var_spec: ['name'],
    const_spec: ['name'],
    short_var_declaration: ['left'],
    range_clause: ['left'],
    receive_statement: ['left'],
    type_spec: ['name'],
    type_alias: ['name'],
  },
  { import_spec: 'any', keyed_element: [0], literal_element: [], label_name: 'any', package_clause: 'any' },
);

export const go: Grammar = {
  parser: 'go',
  extensions: ['.go'],
  names: ['identifier', 'package_identifier', 'type_identifier'],
  implicit: [],
  importKinds: ['import_spec'],
  imports: importedPackage,
  members: {
    selector_expression: { object: 'operand', property: 'field' },
    qualified_type: { object: 'package', property: 'name' },
  },
  subscripts: {},
  calls: { call_expression: { callee: 'function', arguments: 'arguments' } },
  argumentLists: ['argument_list'],
  aliases: {
    short_var_declaration: { target: 'left', value: 'right' },
    var_spec: { target: 'name', value: 'value' },
    const_spec: { target: 'name', value: 'value' },
    assignment_statement: { target: 'left', value: 'right' },
  },
  aliasNames: (target) => {
    const name = target.kind() === 'expression_list' ? target.child(0) : target;
    return name?.kind() === 'identifier' ? [{ node: name, member: null }] : [];
  },
  transparent: [
    'parenthesized_expression',
    'expression_list',
    'unary_expression',
    'pointer_type',
    'composite_literal',
  ],
  position: (node, parent) => {
    const around = LISTS.has(String(parent.kind())) ? parent.parent() : null;
    return around ? listed(parent, around) : listed(node, parent);
  },
  properties: [],
  results: {},
  passes: {},
  rewrites: [],
  strings: ['interpreted_string_literal', 'raw_string_literal'],
  interpolations: [],
  concatenations: ['binary_expression'],
  pathCalls: /^((filepath|path)\.Join|fmt\.Sprintf)\(/,
  complexity: {
    functions: ['function_declaration', 'method_declaration', 'func_literal'],
    branches: ['if_statement', 'for_statement', 'expression_case', 'type_case', 'communication_case'],
    operators: { binary_expression: ['&&', '||'] },
    nesting: [
      'if_statement',
      'for_statement',
      'expression_switch_statement',
      'type_switch_statement',
      'select_statement',
      'function_declaration',
      'method_declaration',
      'func_literal',
    ],
  },
};

function importedPackage(node: Node): ImportedName[] {
  // A dot in a path is that of a host, not of a member.
  const path = (node.field('path')?.text().slice(1, -1) ?? '').replaceAll('.', '·');
  const name = node.field('name');
  if (name?.kind() === 'dot') return [{ name: '*', path, node }];
  if (name?.kind() === 'blank_identifier') return [{ name: null, path, node }];
  return [{ name: name?.text() ?? path.split('/').at(-1) ?? path, path, node }];
}
