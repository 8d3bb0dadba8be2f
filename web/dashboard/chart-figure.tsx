// The frame of a chart: its finding as a sentence, the same as a table, and as CSV.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { download } from '../shared/download.ts';

interface TableData {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

interface ChartFigureProps {
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly finding: string;
  readonly table: TableData;
  readonly isEmpty?: boolean;
  readonly children: ComponentChildren;
}

export function ChartFigure({ title, finding, table, isEmpty = false, children }: ChartFigureProps) {
  const isTable = useSignal(false);
  const heading = useId();
  return (
    <figure class="chart" data-testid="chart" aria-labelledby={heading}>
      <figcaption>
        <h2 id={heading}>{title}</h2>
        <p>{isEmpty ? 'No executions in this range.' : finding}</p>
      </figcaption>
      {!isEmpty && (isTable.value ? <DataTable table={table} /> : children)}
      {!isEmpty && (
        <p class="chart-actions">
          <button
            type="button"
            class="quiet"
            aria-pressed={isTable.value}
            onClick={() => {
              isTable.value = !isTable.value;
            }}
          >
            {isTable.value ? 'Show as chart' : 'Show as table'}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => download(`${fileName(title)}.csv`, csvOf(table))}
          >
            CSV
          </button>
        </p>
      )}
    </figure>
  );
}

function DataTable({ table: { head, rows } }: { table: TableData }) {
  return (
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
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function csvOf({ head, rows }: TableData): string {
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

function fileName(title: string): string {
  return title.toLowerCase().replace(/\W+/g, '-');
}
