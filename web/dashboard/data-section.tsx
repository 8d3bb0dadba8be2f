// A part of the dashboard that is a table: its title, what it says in a sentence, and its rows.

import type { ComponentChildren } from 'preact';

interface DataSectionProps {
  readonly id: string;
  readonly title: string;
  readonly finding: string;
  readonly head: readonly string[];
  readonly isWide?: boolean;
  /** Rows of the table; without any, only the finding is shown. */
  readonly children: ComponentChildren;
}

export function DataSection({ id, title, finding, head, isWide = false, children }: DataSectionProps) {
  const isEmpty = Array.isArray(children) && children.length === 0;
  return (
    <section id={id} aria-labelledby={`${id}-title`} class={isWide ? 'chart wide' : 'chart'}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="finding">{finding}</p>
      {!isEmpty && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <div class="data-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {head.map((cell) => (
                  <th scope="col" key={cell}>
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
