/**
 * What stands in the repository while a session is moved: the intent in its record, a pin of what
 * the branch will be and of what the index was and will be (`refs/flight-rules/sync/<key>`), and
 * for a rebase an entry of the trash that holds what the branch was.
 *
 * The intent comes in one transaction with the pins; it goes after them, so that no pin is left.
 */
import type { Git } from '../../git/git.ts';
import { writeCommitObject, writeTree } from '../../git/objects.ts';
import { branchRef, type Oid } from '../../git/oid.ts';
import {
  listRefs,
  ownRef,
  readRef,
  transact,
  type OwnRef,
  type RefChange,
} from '../../git/refs.ts';
import { trusted } from '../../kernel/brand.ts';
import { isoSeconds, type Clock } from '../../kernel/clock.ts';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import type { Held } from '../../safety/held.ts';
import { writePin } from '../../safety/pins.ts';
import { seqOf } from '../../safety/trash-places.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import type { Intent, SessionRecord } from '../../sessions/record.ts';
import { readRegistry, recordChange, sessionRef, trashRef } from '../../sessions/registry.ts';
import type { TrashEntry } from '../../sessions/trash-entry.ts';
import type { RecordAt } from '../intent.ts';
import { syncEntry } from './entry.ts';
import type { SyncInput } from './model.ts';
import type { Targets, Way } from './targets.ts';

export type SyncIntent = Extract<Intent, { kind: 'syncing' }>;

type Place = { readonly commonDir: AbsolutePath };

function pinRef(key: SessionKey): OwnRef {
  return ownRef('sync', key);
}

/** The intent of a sync whose commit is still being built in `scratch`. */
export async function beginBuild(
  held: Held,
  project: Place,
  input: SyncInput,
  at: RecordAt,
  when: { readonly clock: Clock; readonly scratch: AbsolutePath },
): Promise<void> {
  const way = { from: input.sessionTip, to: input.sessionTip };
  const intent: SyncIntent = {
    kind: 'syncing',
    owner: { ...held.owner },
    since: isoSeconds(when.clock.now()),
    from: way.from,
    to: null,
    message: '',
    files: way,
    index: way,
    trash: null,
    scratch: when.scratch,
  };
  const record = { ...withoutIntent(at.record), intent };
  faultPoint('sync.build-intent:before');
  const change = await recordChange(held.git, project.commonDir, input.key, at.oid, record);
  await must(held.git, project, input.name, [change]);
  faultPoint('sync.build-intent:after');
}

export interface Begun {
  /** the record as it is now */
  readonly at: RecordAt;
  readonly intent: SyncIntent;
}

/** Writes the intent to move, with its pins. @throws FlightError `plan-changed` */
export async function beginMove(
  held: Held,
  project: Project,
  input: SyncInput,
  at: RecordAt,
  move: {
    readonly clock: Clock;
    readonly branch: Way;
    readonly targets: Targets;
    readonly message: string;
    readonly shape: string;
  },
): Promise<Begun> {
  const { git } = held;
  const { branch, targets } = move;
  const now = move.clock.now();
  const entry = move.shape === 'rebase' ? await oldTip(held, project, input, at, now) : null;
  const intent: SyncIntent = {
    kind: 'syncing',
    owner: { ...held.owner },
    since: isoSeconds(now),
    from: branch.from,
    to: branch.to,
    message: move.message,
    files: targets.files,
    index: targets.index,
    trash: entry?.id ?? null,
    scratch: null,
  };
  const record: SessionRecord = { ...withoutIntent(at.record), intent };
  const change = await recordChange(git, project.commonDir, input.key, at.oid, record);
  const left = await readRef(git, project.commonDir, pinRef(input.key));
  const store = async (): Promise<RefChange[]> => {
    const to = targets.carries ? await pinOf(git, project, branch, targets.index) : branch.to;
    const pin: RefChange = { kind: 'own', ref: pinRef(input.key), from: left, to };
    if (entry === null) return [pin];
    const pins = { commits: [branch.from], objects: [], tags: [] };
    const old = await writePin(git, project, entry, pins);
    const ref = trashRef(input.key, seqOf(entry.id));
    return [pin, { kind: 'own', ref, from: null, to: old }];
  };
  const pins = await store();
  const still: RefChange = { kind: 'verify', ref: branchRef(input.branch), oid: branch.from };
  faultPoint('sync.intent:before');
  // the record first: pins without an intent would stay
  await must(git, project, input.name, [change, ...pins, still]);
  faultPoint('sync.intent:after');
  // a `gc --prune=now` that has looked at the refs before takes what came behind one since
  await store();
  const oid = change.kind === 'own' && change.to !== null ? change.to : at.oid;
  return { at: { oid, record }, intent };
}

/** A rebase leaves commits behind: they are in the trash, as a branch that can come back. */
async function oldTip(
  { git }: Held,
  project: Project,
  { key, sessionTip }: SyncInput,
  { record }: RecordAt,
  at: Date,
): Promise<TrashEntry> {
  const registry = await readRegistry(git, project.commonDir);
  const held = { commit: sessionTip, head: sessionTip, at };
  return syncEntry(project, registry, { key, record }, held);
}

/** Nobody else refers to these yet, or any more: the new commit, and both trees of the index. */
async function pinOf(git: Git, { commonDir }: Place, branch: Way, index: Way): Promise<Oid> {
  const trees = [
    { name: 'from', oid: index.from },
    { name: 'to', oid: index.to },
  ].map((one) => ({ ...one, mode: '040000', type: 'tree' }) as const);
  const tree = await writeTree(git, commonDir, trees);
  const who = 'flight-rules <flight-rules@localhost> 0 +0000';
  const lines = [`tree ${tree}`, `parent ${branch.to}`, `author ${who}`, `committer ${who}`];
  return writeCommitObject(git, commonDir, [...lines, '', 'flight-rules: sync', ''].join('\n'));
}

/**
 * Takes pins and intent away. In two transactions: git moves the refs of one transaction one by
 * one, and a pin without an intent would stay for ever.
 * @param came the session was moved: what its branch was stays in the trash
 */
export async function endMove(
  git: Git,
  project: Place,
  key: SessionKey,
  at: RecordAt,
  came: 'moved' | 'taken back',
): Promise<void> {
  const { record } = at;
  const intent = record.intent?.kind === 'syncing' ? record.intent : null;
  const id = came === 'moved' ? null : (intent?.trash ?? null);
  const names = [pinRef(key), ...(id === null ? [] : [trashRef(key, seqOf(id))])];
  const found = await listRefs(git, project.commonDir, names);
  const gone: RefChange[] = found.map(({ name, oid }) => ({
    kind: 'own',
    ref: trusted<OwnRef>(name),
    from: oid,
    to: null,
  }));
  const still: RefChange = { kind: 'verify', ref: sessionRef(key), oid: at.oid };
  faultPoint('sync.pins:before');
  if (gone.length > 0) await must(git, project, record.name, [...gone, still]);
  faultPoint('sync.pins:after');
  faultPoint('sync.done:before');
  const change = await recordChange(git, project.commonDir, key, at.oid, withoutIntent(record));
  await must(git, project, record.name, [change]);
  faultPoint('sync.done:after');
}

function withoutIntent(record: SessionRecord): SessionRecord {
  const { intent: _, ...rest } = record;
  return rest;
}

async function must(
  git: Git,
  project: Place,
  name: string,
  changes: readonly RefChange[],
): Promise<void> {
  const result = await transact(git, project.commonDir, changes, 'flight-rules: sync');
  if (result.kind === 'lost') throw new FlightError('plan-changed', { name, what: result.ref });
}
