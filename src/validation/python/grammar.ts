// How Python's syntax tree is read.

import { allAt, type Grammar, type ImportedName, type Node, positions } from '../engine/grammar.ts';

const position = positions(
  {
    class_definition: ['name'],
    parameters: 'any',
    lambda_parameters: 'any',
    default_parameter: ['name'],
    typed_parameter: 'any',
    typed_default_parameter: ['name'],
    list_splat_pattern: 'any',
    dictionary_splat_pattern: 'any',
    assignment: ['left'],
    augmented_assignment: ['left'],
    named_expression: ['name'],
    pattern_list: 'any',
    tuple_pattern: 'any',
    list_pattern: 'any',
    for_statement: ['left'],
    for_in_clause: ['left'],
    as_pattern_target: 'any',
  },
  { keyword_argument: ['name'], dotted_name: 'any', aliased_import: 'any', global_statement: 'any' },
);

export const python: Grammar = {
  parser: 'python',
  extensions: ['.py', '.pyw'],
  names: ['identifier'],
  implicit: ['builtins'],
  importKinds: ['import_statement', 'import_from_statement'],
  imports: (node) => (String(node.kind()) === 'import_statement' ? moduleImports(node) : nameImports(node)),
  members: { attribute: { object: 'object', property: 'attribute' } },
  subscripts: { subscript: { object: 'value', index: 'subscript' } },
  calls: { call: { callee: 'function', arguments: 'arguments' } },
  argumentLists: ['argument_list'],
  aliases: {
    assignment: { target: 'left', value: 'right' },
    named_expression: { target: 'name', value: 'value' },
    default_parameter: { target: 'name', value: 'value' },
  },
  aliasNames: (target) => (target.kind() === 'identifier' ? [{ node: target, member: null }] : []),
  transparent: ['parenthesized_expression', 'await', 'binary_operator'],
  knownNames: { __name__: '__main__' },
  position: (node, parent) =>
    isFunctionName(node, parent) ? functionPosition(parent) : position(node, parent),
  properties: ['identifier'],
  results: {
    'builtins.__import__()': 'module',
    'importlib.import_module()': 'module',
    'importlib.__import__()': 'module',
    'builtins.globals()': 'itself',
    'builtins.locals()': 'itself',
    'builtins.vars()': 'itself',
    'builtins.__builtins__': 'itself',
    'builtins.__loader__.load_module()': 'module',
    'sys.modules': 'itself',
    'sys.modules.get()': 'module',
  },
  passes: { getattr: 'member', vars: 'itself' },
  rewrites: [
    [/^(builtins\.)?(globals|locals|vars)\(\)(\.get\(\))?\.(?!<)/, 'builtins.'],
    [/^builtins\.__builtins__/, 'builtins'],
    [/^builtins\.builtins/, 'builtins'],
    [/\.__dict__(?=\.|$)/, ''],
    [/^sys\.modules\.(?!get\b|<)/, ''],
    [/^posix\./, 'os.'],
  ],
  strings: ['string'],
  interpolations: ['interpolation'],
  concatenations: ['concatenated_string', 'binary_operator'],
  alternatives: {
    conditional_expression: allAt(0, -1),
    // `a and "cls" or "clear"`
    boolean_operator: (node) => [node.field('left'), node.field('right')].flatMap((each) => operandsOf(each)),
    // `["clear", "cls"][os.name == "nt"]`
    subscript: (node) => (node.field('value')?.kind() === 'list' ? childrenOf(node.field('value')) : []),
  },
  pathCalls: /^(pathlib\.)?(Pure)?(Posix)?Path\(|^os\.path\.join\(/,
  complexity: {
    functions: ['function_definition', 'lambda'],
    branches: [
      'if_statement',
      'elif_clause',
      'for_statement',
      'while_statement',
      'except_clause',
      'conditional_expression',
      'if_clause',
      'for_in_clause',
      'case_clause',
      'boolean_operator',
    ],
    operators: {},
    nesting: [
      'if_statement',
      'for_statement',
      'while_statement',
      'try_statement',
      'with_statement',
      'match_statement',
      'function_definition',
      'class_definition',
      'lambda',
    ],
  },
};

/** What decides between two is neither. */
function operandsOf(node: Node | null): readonly Node[] {
  return node === null || node.kind() === 'comparison_operator' ? [] : [node];
}

function childrenOf(node: Node | null): readonly Node[] {
  return (node?.children() ?? []).filter((child) => child.isNamed());
}

function isFunctionName(node: Node, parent: Node): boolean {
  return parent.kind() === 'function_definition' && parent.field('name')?.id() === node.id();
}

/** A method hides nothing: it is called with its object. */
function functionPosition(definition: Node): 'own' | 'other' {
  const around = definition.parent();
  const block = around?.kind() === 'decorated_definition' ? around.parent() : around;
  return block?.parent()?.kind() === 'class_definition' ? 'other' : 'own';
}

function moduleImports(node: Node): ImportedName[] {
  return node.fieldChildren('name').flatMap((child): ImportedName[] => {
    const alias = child.field('alias')?.text();
    const path = (child.field('name') ?? child).text();
    if (alias !== undefined) return [{ name: alias, path, node: child }];
    // `import a.b` binds `a`, and brings `a.b` with it.
    const first = path.split('.')[0] ?? path;
    return [
      { name: first, path: first, node: child },
      ...(first === path ? [] : [{ name: null, path, node: child }]),
    ];
  });
}

function nameImports(node: Node): ImportedName[] {
  const module = node.field('module_name')?.text() ?? '';
  if (module.startsWith('.')) return [];
  if (node.children().some((child) => child.kind() === 'wildcard_import'))
    return [{ name: '*', path: module, node }];
  return node.fieldChildren('name').map((child) => {
    const name = (child.field('name') ?? child).text();
    return { name: child.field('alias')?.text() ?? name, path: `${module}.${name}`, node: child };
  });
}
