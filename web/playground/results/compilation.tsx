// What the compiler said: as links to its lines if it failed, folded if it only warned.

import type { CompileResult } from '../../../src/api/result-fields.ts';
import { counted } from '../../shared/format.ts';
import { goToPlace } from '../editor/editor-place.ts';
import { problems } from '../problems.ts';
import { Output } from './output.tsx';

export function Compilation({ compile }: { compile: CompileResult }) {
  if (compile.status === 'completed') {
    if (compile.output === '') return null;
    return (
      <details class="compiler">
        <summary>The compiler wrote messages</summary>
        <Output label="Compiler" text={compile.output} hasPlaces />
      </details>
    );
  }
  const errors = problems.value.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  return (
    <div class="compiler">
      {first !== undefined && (
        <p>
          {counted(errors.length, 'error')}, the first at{' '}
          <button type="button" class="link" onClick={() => goToPlace(first.path, first.line, first.column)}>
            {first.path}:{first.line}
          </button>
          .
        </p>
      )}
      {compile.message !== null && <p>{compile.message}</p>}
      <Output label="Compiler" text={compile.output} hasPlaces />
    </div>
  );
}
