// Groups of tests: their names, what each is worth, how its tests make its score, and which groups it depends on.

import { changeTest, type DraftGroup, type DraftTest, groups, newGroup, tests } from '../draft.ts';
import { run } from '../run-state.ts';

const SCORINGS: Record<DraftGroup['scoring'], string> = {
  min: 'all tests must pass',
  sum: 'a share for each test',
  max: 'the best test counts',
};

export function Groups() {
  const all = groups.value;
  const refused = run.value.problem?.errors?.find(({ path }) => path.startsWith('groups'));
  return (
    <details class="groups" open={all.length > 0}>
      <summary>Groups of tests{all.length > 0 && ` (${all.length})`}</summary>
      <ol>
        {all.map((group, index) => (
          <Group key={index} group={group} index={index} />
        ))}
      </ol>
      {refused && <p class="problem">{refused.message}</p>}
      <p class="actions">
        <button type="button" onClick={addGroup}>
          Add group
        </button>
      </p>
    </details>
  );
}

function Group({ group, index }: { group: DraftGroup; index: number }) {
  const { name, points, scoring, dependsOn } = group;
  const label = `Group ${index + 1}`;
  const earlier = groups.value.slice(0, index);
  const change = (changed: Partial<DraftGroup>) => {
    groups.value = groups.value.with(index, { ...group, ...changed });
  };
  return (
    <li class="group" aria-label={label}>
      <input
        aria-label={`${label} name`}
        value={name}
        maxLength={64}
        onChange={({ currentTarget: { value } }) => rename(index, value.trim() || name)}
      />
      <label>
        <input
          type="number"
          aria-label={`${label} points`}
          min={0}
          step="any"
          value={points}
          onInput={({ currentTarget: { value } }) => change({ points: Number(value) })}
        />
        points
      </label>
      <select
        aria-label={`${label} scoring`}
        value={scoring}
        onChange={({ currentTarget: { value } }) => change({ scoring: value as DraftGroup['scoring'] })}
      >
        {Object.entries(SCORINGS).map(([id, words]) => (
          <option key={id} value={id}>
            {words}
          </option>
        ))}
      </select>
      {earlier.length > 0 && (
        <select
          aria-label={`${label} depends on`}
          value={dependsOn[0] ?? ''}
          onChange={({ currentTarget: { value } }) => change({ dependsOn: value === '' ? [] : [value] })}
        >
          <option value="">depends on nothing</option>
          {earlier.map((each) => (
            <option key={each.name} value={each.name}>
              after {each.name}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="quiet"
        aria-label={`Remove group ${index + 1}`}
        title="Remove"
        onClick={() => remove(index)}
      >
        ✕
      </button>
    </li>
  );
}

/** The group of a test; shown once there are groups. */
export function GroupChoice({ test, label }: { test: DraftTest; label: string }) {
  if (groups.value.length === 0) return null;
  return (
    <select
      aria-label={`${label} group`}
      value={test.group ?? ''}
      onChange={({ currentTarget: { value } }) => changeTest(test.id, { group: value })}
    >
      <option value="">no group</option>
      {groups.value.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function addGroup(): void {
  const names = groups.value.map(({ name }) => name);
  let number = names.length + 1;
  while (names.includes(`group ${number}`)) number += 1;
  groups.value = [...groups.value, newGroup(`group ${number}`)];
}

/** Tests and other groups follow it. A name that another group has is not taken. */
function rename(index: number, name: string): void {
  const old = groups.value[index]?.name;
  if (old === undefined || groups.value.some((group) => group.name === name)) return;
  const follow = (each: string) => (each === old ? name : each);
  groups.value = groups.value.map((group) => ({
    ...group,
    name: follow(group.name),
    dependsOn: group.dependsOn.map(follow),
  }));
  tests.value = tests.value.map((test) => (test.group === old ? { ...test, group: name } : test));
}

function remove(index: number): void {
  const old = groups.value[index]?.name;
  groups.value = groups.value
    .toSpliced(index, 1)
    .map((group) => ({ ...group, dependsOn: group.dependsOn.filter((name) => name !== old) }));
  tests.value = tests.value.map((test) => (test.group === old ? { ...test, group: '' } : test));
}
