// Lines over time, drawn by uPlot. They differ in dash too, not in colour alone.

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

interface Line {
  readonly label: string;
  /** `null` where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Name of a colour of the page, such as `--good`. */
  readonly colour: string;
  readonly dash?: number[];
  readonly isArea?: boolean;
}

const HEIGHT = 190;

interface LineChartProps {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** How the axis writes a value. If given, the axis is logarithmic. */
  readonly logarithmic?: (value: number) => string;
}

export function LineChart({ times, lines, logarithmic }: LineChartProps) {
  const parent = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
  const names = lines.map(({ label }) => label).join();
  useEffect(() => {
    const { current } = parent;
    if (current === null) return;
    const make = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(current, lines, logarithmic), data, current);
    };
    make();
    const resized = new ResizeObserver(() => {
      chart.current?.setSize({ width: current.clientWidth, height: HEIGHT });
    });
    resized.observe(current);
    // Canvases do not follow the theme by themselves.
    const themed = new MutationObserver(make);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', make);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener('change', make);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names]);
  useEffect(() => chart.current?.setData(data), [data]);
  return <div class="line-chart" ref={parent} aria-hidden="true" />;
}

function optionsFor(
  parent: HTMLElement,
  lines: readonly Line[],
  format: LineChartProps['logarithmic'],
): uPlot.Options {
  const colour = (name: string) => colourOf(parent, name);
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    axes: [axis, { ...axis, ...(format ? logarithmicAxis(format) : LINEAR_AXIS) }],
    scales: { y: format ? { distr: 3 } : { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] } },
    cursor: { drag: { x: false, y: false } },
    series: [
      {},
      ...lines.map(({ label, colour: name, dash, isArea }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        ...(dash && { dash }),
        ...(isArea && { fill: `color-mix(in srgb, ${colour(name)} 18%, transparent)` }),
        points: { show: format !== undefined, size: 4 },
        ...(format && {
          value: (_chart: uPlot, value: number | null) => (value === null ? '–' : format(value)),
        }),
      })),
    ],
  };
}

const LINEAR_AXIS = {
  size: 52,
  incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
};

function logarithmicAxis(format: (value: number) => string): uPlot.Axis {
  // The library leaves out lines between powers of ten by `null`.
  return {
    size: 64,
    values: (_chart, splits) => splits.map((value) => (value === null ? '' : format(value))),
  };
}

/** A colour as a canvas takes it: what the browser makes of the variable here. */
function colourOf(parent: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
