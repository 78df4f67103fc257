/**
 * Which facts about a session's work forbid which strategy. Pure: facts in, refusals out, in the
 * order of the contract, all that apply. What could not be found out refuses.
 */
import { count } from '../kernel/catalogue/entry.ts';
import { FlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Answer, WorkFacts } from './work-facts.ts';

/** How a session is to leave. `abandon` and `cleanup` leave nothing behind that the others mind. */
export type Leaving = 'pr' | 'merge' | 'keep' | 'abandon' | 'cleanup';

export interface RefusalOptions {
  readonly strategy: Leaving;
  readonly forceInUse: boolean;
  /** arguments of ours that were asked for, for hints that repeat them */
  readonly command: readonly string[];
  /** uncommitted work that the very same command commits before the session leaves */
  readonly committed?: (path: string) => boolean;
}

/** An error's data is shown and kept: a hundred thousand untracked paths are not. */
const mostPaths = 1000;

/** Does this strategy leave behind what is not committed? */
export function asksForWork(strategy: Leaving): boolean {
  return strategy === 'pr' || strategy === 'merge' || strategy === 'keep';
}

/** All that forbids `options.strategy`, the one to be thrown first. */
export function refusals(
  session: SessionFacts,
  facts: WorkFacts,
  options: RefusalOptions,
): readonly FlightError[] {
  const always = [
    ...ofInside(session, facts),
    ...ofLock(session, facts),
    ...ofOwnership(session),
    ...ofOccupants(session, facts, options),
  ];
  if (!asksForWork(options.strategy)) return always;
  return [
    ...always,
    ...ofSync(session, facts),
    ...ofTree(session, facts, options),
    ...ofOperation(session, facts),
    ...ofHead(session, facts),
    ...ofNested(session, facts),
    ...ofSubmodules(session, facts),
  ];
}

/** What the caller should know although it forbids nothing. */
export function workWarnings(facts: WorkFacts, options: RefusalOptions): readonly Warning[] {
  const warnings: Warning[] = [];
  const who = facts.occupants;
  if (who.kind === 'unknown' && mayGo(facts, options)) {
    const message = `Whether somebody works there could not be found out: ${who.why}.`;
    warnings.push({ code: 'occupants-unknown', message });
  }
  if (who.kind === 'in-use' && options.forceInUse) {
    const pids = who.by.map(({ pid }) => pid).join(', ');
    warnings.push({
      code: 'forced-in-use',
      message: `Processes still run in its folder: ${pids}.`,
    });
  }
  if (who.kind !== 'unknown' && who.hidden > 0) {
    const processes = count(who.hidden, 'process', 'processes');
    const message = `${processes} of other users could not be looked at and might work there.`;
    warnings.push({ code: 'processes-hidden', message });
  }
  for (const { agent, pid, host, since } of who.kind === 'unknown' ? [] : (who.elsewhere ?? [])) {
    const message = `${agent} (pid ${pid} on ${host}) said at ${since} that it works there; whether it still does cannot be seen from here.`;
    warnings.push({ code: 'agent-unseen', message });
  }
  return warnings;
}

/** Windows does not tell where processes run, but refuses by itself to rename a folder in use. */
function mayGo(facts: WorkFacts, options: RefusalOptions): boolean {
  return (
    options.forceInUse ||
    (facts.occupants.kind === 'unknown' && facts.occupants.renameRefuses === true)
  );
}

function unknown(session: SessionFacts, what: string, why: string): FlightError[] {
  return [new FlightError('unknown-state', { name: session.name, what, why })];
}

function ofInside(session: SessionFacts, { inside }: WorkFacts): FlightError[] {
  return ofAnswer(session, inside, 'which worktrees lie inside the one', (worktrees) =>
    worktrees.length === 0
      ? []
      : [new FlightError('worktree-inside', { name: session.name, worktrees })],
  );
}

function ofLock(session: SessionFacts, { lock }: WorkFacts): FlightError[] {
  if (lock === null) return [];
  const { name } = session;
  return [new FlightError('locked', { name, worktree: worktreeOf(session), reason: lock })];
}

function ofOwnership(session: SessionFacts): FlightError[] {
  const { place, name, broken } = session;
  if (broken !== null) return [new FlightError('broken-record', { name, why: broken })];
  switch (place.kind) {
    case 'present':
    case 'gone':
    case 'put-away':
      return [];
    case 'not-ours':
      return [new FlightError('not-ours', { name, why: place.why })];
    case 'moved':
      return [new FlightError('session-moved', { name, from: place.from, to: place.to })];
    case 'unknown':
      return unknown(session, 'where the worktree is', place.why);
  }
}

function ofOccupants(
  session: SessionFacts,
  facts: WorkFacts,
  options: RefusalOptions,
): FlightError[] {
  const who = facts.occupants;
  if (who.kind === 'free' || mayGo(facts, options)) return [];
  if (who.kind === 'unknown') return unknown(session, 'who works in the folder', who.why);
  const { name } = session;
  return [new FlightError('in-use', { name, by: who.by, command: options.command })];
}

function ofTree(
  session: SessionFacts,
  { tree }: WorkFacts,
  { committed }: RefusalOptions,
): FlightError[] {
  return ofAnswer(session, tree, 'whether there is uncommitted work', (found) => {
    const dirty = found.dirty.filter((path) => committed?.(path) !== true);
    if (dirty.length === 0) return [];
    const log = dirty.find((path) => path === session.record?.log);
    return [
      new FlightError('uncommitted-work', {
        name: session.name,
        worktree: worktreeOf(session),
        count: dirty.length,
        paths: dirty.slice(0, mostPaths),
        ...(log === undefined ? {} : { log }),
      }),
    ];
  });
}

/** What conflicts there was left by us, and is neither concluded nor given up: that comes first. */
function ofSync({ name, record, place }: SessionFacts, { operation }: WorkFacts): FlightError[] {
  const { syncing } = record ?? {};
  if (syncing === undefined || place.kind !== 'present') return [];
  const { shape, base } = syncing;
  if (operation.kind !== 'operation' || operation.operation !== shape) return [];
  const worktree = place.path;
  return [new FlightError('sync-unfinished', { name, base, shape, begun: 'by-us', worktree })];
}

function ofOperation(session: SessionFacts, { operation }: WorkFacts): FlightError[] {
  switch (operation.kind) {
    case 'none':
      return [];
    case 'unknown':
      return unknown(session, 'whether an operation is in progress', operation.why);
    case 'operation':
      return [
        new FlightError('operation-in-progress', {
          name: session.name,
          worktree: worktreeOf(session),
          operation: operation.operation,
        }),
      ];
  }
}

function ofHead(session: SessionFacts, { tree }: WorkFacts): FlightError[] {
  // that it is unknown has been said already
  if (tree.kind !== 'known' || tree.value.head.branch === session.branch) return [];
  const { name, branch } = session;
  const { head } = tree.value;
  return [
    new FlightError('head-elsewhere', {
      name,
      worktree: worktreeOf(session),
      branch,
      head: head.branch ?? `a detached HEAD at ${head.oid ?? 'no commit'}`,
    }),
  ];
}

function ofNested(session: SessionFacts, facts: WorkFacts): FlightError[] {
  if (facts.tree.kind === 'unknown') return [];
  return ofAnswer(session, facts.nested, 'whether nested repositories hold work', (found) =>
    found.length === 0
      ? []
      : [
          new FlightError('nested-work', {
            name: session.name,
            repositories: found.slice(0, mostPaths),
          }),
        ],
  );
}

function ofSubmodules(session: SessionFacts, facts: WorkFacts): FlightError[] {
  if (facts.tree.kind === 'unknown') return [];
  return ofAnswer(session, facts.submodules, 'whether submodules hold commits', (found) =>
    found.length === 0
      ? []
      : [
          new FlightError('submodule-work', {
            name: session.name,
            paths: found.slice(0, mostPaths),
          }),
        ],
  );
}

function ofAnswer<T>(
  session: SessionFacts,
  answer: Answer<T>,
  what: string,
  judge: (value: T) => FlightError[],
): FlightError[] {
  switch (answer.kind) {
    case 'known':
      return judge(answer.value);
    case 'unknown':
      return unknown(session, what, answer.why);
    case 'not-asked':
      return [];
  }
}

function worktreeOf({ place, record }: SessionFacts): string {
  return place.kind === 'present' ? place.path : (record?.worktree ?? '');
}
