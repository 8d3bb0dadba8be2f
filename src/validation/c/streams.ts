// What opens a file in C++ where it is declared.

import type { HiddenUse, Node } from '../engine/grammar.ts';

/** Types whose objects open a path when they are made. */
const OPENED = /^(std::)?(?:basic_)?w?([io]?fstream)\b/;
const MAX_DECLARATIONS = 200;

/** `std::ifstream in(path)` calls what makes an `ifstream`; to the parser it may be a function's declaration. */
export function streamDeclarations(root: Node): HiddenUse[] {
  if (!root.text().includes('fstream')) return [];
  const declarations = root.findAll({
    rule: { kind: 'declaration', has: { field: 'type', regex: OPENED.source } },
  });
  return declarations.slice(0, MAX_DECLARATIONS).flatMap((node) => {
    const type = OPENED.exec(node.field('type')?.text() ?? '')?.[2];
    const declarator = node.field('declarator');
    const list = declarator?.field('value') ?? declarator?.field('parameters');
    const values = (list?.children() ?? []).filter((child) => child.isNamed());
    const args = values.map((child) => child.field('type') ?? child);
    return type === undefined ? [] : [{ path: `${type}()`, node, calls: [args] }];
  });
}
