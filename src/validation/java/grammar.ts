// How Java's syntax tree is read. A variable stands for its type, so that what is called on it is known.

import { allAt, type Grammar, type ImportedName, type Node, positions } from '../engine/grammar.ts';

const position = positions(
  {
    class_declaration: ['name'],
    interface_declaration: ['name'],
    enum_declaration: ['name'],
    record_declaration: ['name'],
    annotation_type_declaration: ['name'],
    enum_constant: ['name'],
    method_declaration: ['name'],
    type_parameter: 'any',
    formal_parameter: ['name'],
    spread_parameter: ['name'],
    catch_formal_parameter: ['name'],
    resource: ['name'],
    enhanced_for_statement: ['name'],
    variable_declarator: ['name'],
    lambda_expression: ['parameters'],
    inferred_parameters: 'any',
    instanceof_expression: ['name'],
  },
  {
    labeled_statement: 'any',
    break_statement: 'any',
    continue_statement: 'any',
    constructor_declaration: ['name'],
    element_value_pair: ['key'],
  },
);

const TYPED = { target: 'declarator', value: 'type' };

export const java: Grammar = {
  parser: 'java',
  extensions: ['.java'],
  names: ['identifier', 'type_identifier'],
  implicit: ['java.lang', ''],
  importKinds: ['import_declaration'],
  imports: importedNames,
  members: {
    field_access: { object: 'object', property: 'field' },
    method_invocation: { object: 'object', property: 'name' },
    method_reference: { object: 0, property: -1 },
    scoped_type_identifier: { object: 0, property: -1 },
    scoped_identifier: { object: 'scope', property: 'name' },
  },
  subscripts: {},
  calls: {
    method_invocation: { arguments: 'arguments' },
    object_creation_expression: { callee: 'type', arguments: 'arguments' },
  },
  argumentLists: ['argument_list'],
  aliases: {
    variable_declarator: { target: 'name', value: 'value' },
    assignment_expression: { target: 'left', value: 'right' },
    local_variable_declaration: TYPED,
    field_declaration: TYPED,
    formal_parameter: { target: 'name', value: 'type' },
    resource: { target: 'name', value: 'type' },
    enhanced_for_statement: { target: 'name', value: 'type' },
  },
  aliasNames: (target) => {
    const name = target.kind() === 'variable_declarator' ? target.field('name') : target;
    return name?.kind() === 'identifier' ? [{ node: name, member: null }] : [];
  },
  transparent: ['parenthesized_expression', 'cast_expression', 'generic_type', 'array_type'],
  position: (node, parent) =>
    parent.kind() === 'scoped_identifier' && parent.parent()?.kind() === 'import_declaration'
      ? 'other'
      : position(node, parent),
  properties: ['identifier'],
  results: {},
  passes: {},
  rewrites: [[/\(\)\.getRuntime\(\)/, '.getRuntime()']],
  strings: ['string_literal'],
  interpolations: [],
  concatenations: ['binary_expression'],
  alternatives: { ternary_expression: allAt('consequence', 'alternative') },
  pathCalls:
    /^(String\.(format|join)|FileSystems\.getDefault\(\)\.getPath|new (java\.io\.)?File|(java\.nio\.file\.)?Paths\.get|(java\.nio\.file\.)?Path\.of)\s*\(/,
  complexity: {
    functions: ['method_declaration', 'constructor_declaration', 'lambda_expression'],
    branches: [
      'if_statement',
      'for_statement',
      'enhanced_for_statement',
      'while_statement',
      'do_statement',
      'switch_label',
      'catch_clause',
      'ternary_expression',
    ],
    operators: { binary_expression: ['&&', '||'] },
    nesting: [
      'if_statement',
      'for_statement',
      'enhanced_for_statement',
      'while_statement',
      'do_statement',
      'switch_expression',
      'try_statement',
      'method_declaration',
      'lambda_expression',
      'class_body',
    ],
  },
};

function importedNames(node: Node): ImportedName[] {
  const path = node
    .children()
    .find((child) => /identifier$/.test(String(child.kind())))
    ?.text();
  if (path === undefined) return [];
  const isAll = node.children().some((child) => child.kind() === 'asterisk');
  return [{ name: isAll ? '*' : (path.split('.').at(-1) ?? path), path, node }];
}
