// The right half of the page: the tests, the input, the limits, or a terminal, and the results below.

import { Tabs } from '../../shared/tabs.tsx';
import { tests } from '../draft.ts';
import { Results } from '../results/results.tsx';
import { type SideTab, sideTab } from '../view.ts';
import { InputPanel } from './input-panel.tsx';
import { LimitsPanel } from './limits-panel.tsx';
import { TestsPanel } from './tests-panel.tsx';

const PANELS: Record<SideTab, () => preact.JSX.Element> = {
  tests: TestsPanel,
  input: InputPanel,
  limits: LimitsPanel,
  interactive: TestsPanel,
};

export function SidePane() {
  const Panel = PANELS[sideTab.value];
  const count = tests.value.length;
  return (
    <div class="side-pane">
      <Tabs<SideTab>
        label="Settings of the run"
        controls="side-panel"
        tabs={[
          { id: 'tests', label: count > 0 ? `Tests (${count})` : 'Tests' },
          { id: 'input', label: 'Input' },
          { id: 'limits', label: 'Limits' },
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
