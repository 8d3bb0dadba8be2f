// Tabs as WAI-ARIA describes them: arrows, Home and End move; one of them is in the order of Tab.

interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly active: Id;
  readonly onChoose: (id: Id) => void;
  /** Id of the element that the tabs change. */
  readonly controls?: string;
  readonly class?: string;
}

export function Tabs<Id extends string>({
  label,
  tabs,
  active,
  onChoose,
  controls,
  class: name,
}: TabsProps<Id>) {
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const index = tabs.findIndex(({ id }) => id === active);
    const next = nextIndex(event.key, index, tabs.length);
    const tab = next === null ? undefined : tabs[next];
    if (tab === undefined || next === null) return;
    event.preventDefault();
    onChoose(tab.id);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div role="tablist" aria-label={label} class={`tabs ${name ?? ''}`} onKeyDown={move} tabIndex={-1}>
      {tabs.map(({ id, label: text }) => (
        <button
          type="button"
          role="tab"
          key={id}
          aria-selected={id === active}
          {...(controls && { 'aria-controls': controls })}
          tabIndex={id === active ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

function nextIndex(key: string, index: number, count: number): number | null {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
