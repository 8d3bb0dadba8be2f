// How PHP's syntax tree is read. Functions have names of their own: variables, methods and classes are no such names.

import { type Grammar, positions } from '../engine/grammar.ts';

export const php: Grammar = {
  parser: 'php',
  extensions: ['.php', '.inc', '.phtml'],
  names: ['name'],
  implicit: [''],
  importKinds: [],
  imports: () => [],
  members: {},
  subscripts: {},
  calls: {
    function_call_expression: { callee: 'function', arguments: 'arguments' },
    object_creation_expression: { callee: 1, arguments: -1 },
  },
  argumentLists: ['arguments'],
  aliases: {},
  aliasNames: () => [],
  transparent: ['parenthesized_expression', 'argument', 'qualified_name'],
  position: positions(
    { class_declaration: ['name'], interface_declaration: ['name'], trait_declaration: ['name'] },
    {
      function_definition: ['name'],
      method_declaration: ['name'],
      variable_name: 'any',
      member_call_expression: ['name'],
      nullsafe_member_call_expression: ['name'],
      member_access_expression: ['name'],
      scoped_call_expression: ['name'],
      class_constant_access_expression: 'any',
      const_element: 'any',
      enum_case: 'any',
      named_label_statement: 'any',
    },
  ),
  properties: [],
  results: {},
  passes: {},
  rewrites: [],
  strings: ['string', 'encapsed_string'],
  interpolations: [
    'variable_name',
    'member_access_expression',
    'subscript_expression',
    'dynamic_variable_name',
  ],
  concatenations: ['binary_expression'],
  hiddenUses: (root) =>
    root.findAll({ rule: { kind: 'function_call_expression' } }).flatMap((node) => {
      const called = node.field('function');
      const name = called?.kind() === 'name' || called?.kind() === 'qualified_name' ? called.text() : null;
      // Names of functions have no case.
      const usual = name?.replace(/^\\/, '').toLowerCase();
      return called === null || usual === undefined || usual === name ? [] : [{ path: usual, node: called }];
    }),
  complexity: {
    functions: ['function_definition', 'method_declaration', 'anonymous_function', 'arrow_function'],
    branches: [
      'if_statement',
      'else_if_clause',
      'for_statement',
      'foreach_statement',
      'while_statement',
      'do_statement',
      'case_statement',
      'catch_clause',
      'conditional_expression',
      'match_conditional_expression',
    ],
    operators: { binary_expression: ['&&', '||', 'and', 'or', '??'] },
    nesting: [
      'if_statement',
      'for_statement',
      'foreach_statement',
      'while_statement',
      'do_statement',
      'switch_statement',
      'try_statement',
      'function_definition',
      'method_declaration',
      'class_declaration',
    ],
  },
};
