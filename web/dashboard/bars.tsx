// Horizontal bars: a label, a length, and the number in words.

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly tone?: string;
}

interface BarsProps {
  readonly bars: readonly Bar[];
  /** The value of a full bar; the largest one if it is not given. */
  readonly full?: number;
}

export function Bars({ bars, full }: BarsProps) {
  const most = full ?? Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul class="bars">
      {bars.map(({ label, value, text, tone = '' }) => (
        <li key={label}>
          <span class="bar-label">{label}</span>
          <span class="bar-space" aria-hidden="true">
            <span class={`bar-length ${tone}`} style={{ width: `${(value / most) * 100}%` }} />
          </span>
          <span class="bar-text">{text}</span>
        </li>
      ))}
    </ul>
  );
}
