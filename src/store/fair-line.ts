// The line of executions that wait: whose turn is next. Turns go around clients, within a client around its users, and
// within a user around priorities by weight (stride scheduling), so that no one waits behind a crowd of another's. It
// stores nothing.

import type { ExecutionTask } from '../execution/task.ts';

/** Turns that a priority gets while the others get theirs. */
const WEIGHTS: Readonly<Record<ExecutionTask['priority'], number>> = { high: 4, normal: 2, low: 1 };

export interface Waiting {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string | null;
  readonly priority: ExecutionTask['priority'];
  readonly languageId: string;
  readonly acceptedAtMs: number;
}

export interface FairLine {
  add(waiting: Waiting): void;
  /** Takes the next in none of these languages out of the line. */
  take(except?: readonly string[]): Waiting | undefined;
  /** Takes one out of turn. */
  remove(id: string): Waiting | undefined;
  size(): number;
  /** When the oldest was accepted. */
  oldestAtMs(): number | null;
}

/** A client, a user or a priority. Who waits for nothing is forgotten and comes back as a newcomer. */
interface Party {
  readonly weight: number;
  /** Virtual time of its next turn; grows by 1 / weight with each. */
  due: number;
  /** Virtual time at which newcomers start: that of the latest turn. */
  now: number;
  readonly members: Map<string, Party>;
  /** Of a priority: what waits, the oldest first. */
  readonly waiting: Set<Waiting>;
}

export function createFairLine(): FairLine {
  const root = createParty(0, 1);
  const byId = new Map<string, Waiting>();
  const leave = (waiting: Waiting) => {
    byId.delete(waiting.id);
    removeFrom(root, pathOf(waiting), waiting);
  };
  return {
    add: (waiting) => {
      byId.set(waiting.id, waiting);
      const [client, user, priority] = pathOf(waiting);
      const place = memberOf(memberOf(memberOf(root, client), user), priority, WEIGHTS[waiting.priority]);
      place.waiting.add(waiting);
    },
    take: (except = []) => {
      const next = nextIn(root, new Set(except));
      if (next !== undefined) leave(next);
      return next;
    },
    remove: (id) => {
      const waiting = byId.get(id);
      if (waiting !== undefined) leave(waiting);
      return waiting;
    },
    size: () => byId.size,
    oldestAtMs: () => byId.values().next().value?.acceptedAtMs ?? null,
  };
}

function createParty(due: number, weight: number): Party {
  return { weight, due, now: 0, members: new Map(), waiting: new Set() };
}

function pathOf({ clientId, userId, priority }: Waiting): readonly [string, string, string] {
  return [clientId, userId ?? '', priority];
}

function memberOf(party: Party, name: string, weight = 1): Party {
  const known = party.members.get(name);
  if (known !== undefined) return known;
  const member = createParty(party.now, weight);
  party.members.set(name, member);
  return member;
}

/** The first that fits, by turns. Only parties on the way to it pay for the turn. */
function nextIn(party: Party, except: ReadonlySet<string>): Waiting | undefined {
  for (const waiting of party.waiting) if (!except.has(waiting.languageId)) return waiting;
  const first = mostDue(party.members.values());
  if (first === undefined) return undefined;
  const others =
    except.size === 0 ? [] : [...party.members.values()].sort((one, other) => one.due - other.due);
  for (const member of [first, ...others]) {
    const found = nextIn(member, except);
    if (found === undefined) continue;
    party.now = Math.max(party.now, member.due);
    member.due = party.now + 1 / member.weight;
    return found;
  }
  return undefined;
}

/** Of those that are equally due, the one that came first. */
function mostDue(members: Iterable<Party>): Party | undefined {
  let first: Party | undefined;
  for (const member of members) if (first === undefined || member.due < first.due) first = member;
  return first;
}

function removeFrom(party: Party, path: readonly string[], waiting: Waiting): void {
  party.waiting.delete(waiting);
  const [name, ...rest] = path;
  const member = name === undefined ? undefined : party.members.get(name);
  if (name === undefined || member === undefined) return;
  removeFrom(member, rest, waiting);
  if (member.members.size + member.waiting.size === 0) party.members.delete(name);
}
