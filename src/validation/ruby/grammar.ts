// How Ruby's syntax tree is read. A method that is called without an object is one of Kernel, unless the program has a
// method or a variable of that name.

import { type Grammar, type Node, positions } from '../engine/grammar.ts';

const position = positions(
  {
    class: ['name'],
    module: ['name'],
    method_parameters: 'any',
    block_parameters: 'any',
    lambda_parameters: 'any',
    optional_parameter: ['name'],
    keyword_parameter: ['name'],
    splat_parameter: 'any',
    hash_splat_parameter: 'any',
    block_parameter: 'any',
    destructured_parameter: 'any',
    assignment: ['left'],
    operator_assignment: ['left'],
    left_assignment_list: 'any',
    exception_variable: 'any',
    for: ['pattern'],
  },
  { alias: 'any', undef: 'any', singleton_method: ['name'] },
);

export const ruby: Grammar = {
  parser: 'ruby',
  extensions: ['.rb'],
  names: ['identifier', 'constant'],
  implicit: ['Kernel', ''],
  importKinds: [],
  imports: () => [],
  members: {
    call: { object: 'receiver', property: 'method' },
    scope_resolution: { object: 'scope', property: 'name' },
  },
  subscripts: {},
  calls: { call: { arguments: 'arguments' } },
  argumentLists: ['argument_list'],
  aliases: { assignment: { target: 'left', value: 'right' } },
  aliasNames: (target) =>
    ['identifier', 'constant'].includes(String(target.kind())) ? [{ node: target, member: null }] : [],
  transparent: ['parenthesized_statements'],
  position: (node, parent) =>
    parent.kind() === 'method' && parent.field('name')?.id() === node.id()
      ? methodPosition(parent)
      : position(node, parent),
  properties: ['identifier'],
  results: {},
  passes: {},
  rewrites: [[/^Kernel\.Kernel\./, 'Kernel.']],
  strings: ['string'],
  interpolations: ['interpolation'],
  concatenations: ['binary', 'chained_string'],
  pathCalls: /^(::)?File\.(join|expand_path)\(/,
  hiddenUses: (root) => [...selfCalls(root), ...namedCalls(root)],
  complexity: {
    functions: ['method', 'singleton_method', 'lambda'],
    branches: [
      'if',
      'elsif',
      'unless',
      'if_modifier',
      'unless_modifier',
      'while',
      'until',
      'while_modifier',
      'until_modifier',
      'for',
      'when',
      'in_clause',
      'rescue',
      'conditional',
    ],
    operators: { binary: ['&&', '||', 'and', 'or'] },
    nesting: ['if', 'unless', 'while', 'until', 'for', 'case', 'begin', 'method', 'class', 'do_block'],
  },
};

/** A method of a class hides nothing: it is called with its object. */
function methodPosition(definition: Node): 'own' | 'other' {
  const around = definition.ancestors().some((each) => ['class', 'module'].includes(String(each.kind())));
  return around ? 'other' : 'own';
}

/** `self.fork` */
function selfCalls(root: Node): { path: string; node: Node }[] {
  const calls = root.findAll({ rule: { kind: 'call', has: { field: 'receiver', kind: 'self' } } });
  return calls.flatMap((node) => {
    const method = node.field('method');
    return method === null ? [] : usesOfKernel(method.text(), method);
  });
}

/** `send(:system, "id")` and `method(:exec)` */
function namedCalls(root: Node): { path: string; node: Node }[] {
  const calls = root.findAll({
    rule: {
      kind: 'call',
      has: { field: 'method', regex: '^(send|__send__|public_send|method|public_method|instance_method)$' },
    },
  });
  return calls.flatMap((node) => {
    const first = node
      .field('arguments')
      ?.children()
      .find((child) => child.isNamed());
    const [, name] = /^(?::|"|')([a-z_]\w*)/.exec(first?.text().slice(0, 40) ?? '') ?? [];
    return first === undefined || name === undefined ? [] : usesOfKernel(name, first);
  });
}

/** Its mention, and a call of which nothing else is known. */
function usesOfKernel(method: string, node: Node): { path: string; node: Node }[] {
  return [`Kernel.${method}`, `Kernel.${method}()`].map((path) => ({ path, node }));
}
