// The right half of the page: the tests, the input, the limits, and the results below; or a terminal.

import { Tabs } from '../../shared/tabs.tsx';
import { language, tests } from '../draft.ts';
import { InteractivePanel } from '../interactive/interactive-panel.tsx';
import { Results } from '../results/results.tsx';
import { type SideTab, sideTab } from '../view.ts';
import { InputPanel } from './input-panel.tsx';
import { LimitsPanel } from './limits-panel.tsx';
import { TestsPanel } from './tests-panel.tsx';

const PANELS: Record<SideTab, () => preact.JSX.Element> = {
  tests: TestsPanel,
  input: InputPanel,
  limits: LimitsPanel,
  interactive: InteractivePanel,
};

export function SidePane() {
  const Panel = PANELS[sideTab.value];
  // What would be shown before the draft is known would move when it is.
  if (language.value === '') return <div class="side-pane" />;
  const count = tests.value.length;
  return (
    <div class="side-pane" data-tab={sideTab.value}>
      <Tabs<SideTab>
        label="Settings of the run"
        controls="side-panel"
        tabs={[
          { id: 'tests', label: count > 0 ? `Tests (${count})` : 'Tests' },
          { id: 'input', label: 'Input' },
          { id: 'limits', label: 'Limits' },
          { id: 'interactive', label: 'Interactive' },
        ]}
        active={sideTab.value}
        onChoose={(tab) => {
          sideTab.value = tab;
        }}
      />
      <div id="side-panel" class="side-panel" role="tabpanel" tabIndex={-1}>
        <Panel />
      </div>
      <Results />
    </div>
  );
}
