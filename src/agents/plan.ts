/**
 * What a run would do to a checkout, worked out before anything is written: each part judged by
 * the rule of ownership, each file as it will be. Reads only.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import type { DesiredPart } from './desired.ts';
import { lookAt, textOf, type Place } from './disk.ts';
import { find, hashOf, isTaken, put, take } from './edit.ts';
import { entryId, hashesOf, partOf, type Ledger, type LedgerEntry } from './ledger.ts';
import { judge, type Part, type PartSurface } from './part.ts';
import { releasedHashes } from './predecessor.ts';

/** What becomes of a part. */
type Did =
  | 'written'
  | 'updated'
  | 'unchanged'
  | 'removed'
  /** was ours, was taken away by somebody, and is not put back unasked */
  | 'missing'
  /** edited by somebody, or never ours */
  | 'kept'
  /** cannot be done here */
  | 'failed';

export interface PartReport {
  readonly path: string;
  readonly at?: readonly string[];
  readonly surface: PartSurface;
  readonly agents: readonly string[];
  readonly did: Did;
  /** of what was kept or failed */
  readonly why?: string;
}

/** A file as it is and as it will be; `null`: none. */
export interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Plan {
  readonly reports: readonly PartReport[];
  readonly changes: readonly FileChange[];
  /** what is recorded once it is done */
  readonly entries: readonly LedgerEntry[];
}

interface Situation {
  readonly root: AbsolutePath;
  readonly ledger: Ledger;
  readonly version: string;
}

/** A file while parts are put in and taken out. */
interface Draft {
  readonly path: string;
  readonly place: Place;
  readonly before: string | null;
  text: string | null;
}

/** How far a run goes. */
export interface Reach {
  /** what becomes of a part that was recorded and is gone */
  readonly absent: 'write' | 'leave';
  /** and of one that is recorded and not wanted any more */
  readonly unwanted: 'keep' | 'remove';
}

/** Brings in what is desired. */
export async function planInstall(
  situation: Situation,
  desired: readonly DesiredPart[],
  reach: Reach,
): Promise<Plan> {
  const drafts = new Map<string, Draft>();
  const recorded = new Map(situation.ledger.files.map((entry) => [entryId(entry), entry]));
  const reports: PartReport[] = [];
  const entries: LedgerEntry[] = [];
  for (const part of desired) {
    const draft = await draftOf(situation.root, part.path, drafts);
    const known = recorded.get(entryId(part));
    recorded.delete(entryId(part));
    const step = await bringIn(part, draft, known, situation.version, reach.absent);
    reports.push({ ...aboutPart(part), ...step.report });
    if (step.entry !== null) entries.push(step.entry);
  }
  const unwanted = [...recorded.values()];
  const out =
    reach.unwanted === 'remove'
      ? await takeOutAll(situation, unwanted, drafts)
      : { reports: [], entries: unwanted };
  return {
    reports: [...reports, ...out.reports],
    changes: changesOf(drafts),
    entries: [...entries, ...out.entries],
  };
}

/** Takes out everything that is recorded. */
export async function planRemoval(situation: Pick<Situation, 'root' | 'ledger'>): Promise<Plan> {
  const drafts = new Map<string, Draft>();
  const out = await takeOutAll(situation, situation.ledger.files, drafts);
  return { ...out, changes: changesOf(drafts) };
}

async function takeOutAll(
  { root, ledger }: Pick<Situation, 'root' | 'ledger'>,
  gone: readonly LedgerEntry[],
  drafts: Map<string, Draft>,
): Promise<Pick<Plan, 'reports' | 'entries'>> {
  const reports: PartReport[] = [];
  const entries: LedgerEntry[] = [];
  for (const entry of gone.toReversed()) {
    const draft = await draftOf(root, entry.path, drafts);
    const created = ledger.files.some((one) => one.path === entry.path && one.created === true);
    const report = await takeOut(entry, draft, { created, made: madeFor(entry, ledger.files) });
    reports.push({ ...aboutPart(entry), agents: [], ...report });
    if (report.did === 'failed') entries.push(entry);
  }
  return { reports, entries };
}

async function bringIn(
  part: DesiredPart,
  draft: Draft,
  known: LedgerEntry | undefined,
  version: string,
  absent: 'write' | 'leave',
): Promise<{ report: Pick<PartReport, 'did' | 'why'>; entry: LedgerEntry | null }> {
  const kept = known ?? null;
  if (draft.place.kind === 'in-the-way') {
    return { report: { did: 'failed', why: draft.place.why }, entry: kept };
  }
  const hashes = hashesOf(known);
  const isOurs = (hash: string): boolean => hashes.includes(hash);
  const wanted = hashOf(part);
  const found = await find(draft.text, part, isOurs);
  const verdict = judge(
    found,
    wanted,
    known === undefined ? null : { hashes },
    releasedHashes(part.path),
  );
  const entry = (made: number, created: boolean): LedgerEntry => ({
    path: part.path,
    ...('at' in part ? { at: [...part.at] } : {}),
    kind: part.kind,
    surface: part.surface,
    sha256: wanted,
    version: known?.sha256 === wanted ? known.version : version,
    ...(made > 0 ? { made } : {}),
    ...(created ? { created } : {}),
    ...(part.kind === 'line' ? { text: part.text } : {}),
  });
  const asBefore = (): LedgerEntry => entry(known?.made ?? 0, known?.created ?? false);
  switch (verdict) {
    case 'current': {
      // a line of these very words may be the user's own: only what was recorded is ours
      const theirs = part.kind === 'line' && known === undefined;
      return { report: { did: 'unchanged' }, entry: theirs ? null : asBefore() };
    }
    case 'malformed': {
      const why = found.kind === 'malformed' ? found.why : 'it cannot be read';
      return { report: { did: 'failed', why }, entry: kept };
    }
    case 'modified':
      return { report: { did: 'kept', why: 'modified' }, entry: kept };
    case 'foreign':
      return { report: { did: 'kept', why: 'foreign' }, entry: null };
    case 'absent':
    case 'stale': {
      if (verdict === 'absent' && known !== undefined && absent === 'leave') {
        return { report: { did: 'missing' }, entry: kept };
      }
      if (isTaken(draft.text, part, isOurs)) {
        return { report: { did: 'kept', why: 'foreign' }, entry: kept };
      }
      const created = verdict === 'absent' && draft.text === null;
      const next = await put(draft.text, part, isOurs);
      if (next === null) {
        const why = 'it cannot be changed without touching what is not ours';
        return { report: { did: 'failed', why }, entry: kept };
      }
      draft.text = next.text;
      return verdict === 'absent'
        ? { report: { did: 'written' }, entry: entry(next.made, created) }
        : { report: { did: 'updated' }, entry: asBefore() };
    }
  }
}

/**
 * What was made to hold an entry: a map that holds several of ours was made by the first of them,
 * and goes with the last.
 */
function madeFor(entry: LedgerEntry, all: readonly LedgerEntry[]): number {
  const { path, at } = entry;
  if (at === undefined) return entry.made ?? 0;
  const depths = all
    .filter((one) => one.path === path && one.at !== undefined)
    .map((one) => ({ at: one.at ?? [], there: (one.at?.length ?? 0) - (one.made ?? 0) }))
    .filter((one) => one.at.slice(0, one.there + 1).every((step, index) => step === at[index]))
    .map(({ there }) => there);
  return at.length - Math.min(at.length - (entry.made ?? 0), ...depths);
}

async function takeOut(
  entry: LedgerEntry,
  draft: Draft,
  { created, made }: { readonly created: boolean; readonly made: number },
): Promise<Pick<PartReport, 'did' | 'why'>> {
  if (draft.place.kind === 'in-the-way') return { did: 'failed', why: draft.place.why };
  const part = partOf(entry);
  const hashes = hashesOf(entry);
  const isOurs = (hash: string): boolean => hashes.includes(hash);
  const found = await find(draft.text, part, isOurs);
  if (found.kind === 'malformed') return { did: 'failed', why: found.why };
  if (found.kind === 'absent' || draft.text === null) return { did: 'missing' };
  if (!isOurs(found.sha256)) return { did: 'kept', why: 'modified' };
  const left = await take(draft.text, part, isOurs, made);
  if (left === 'unsafe') {
    return { did: 'failed', why: 'it cannot be changed without touching what is not ours' };
  }
  draft.text = left.bare && (created || part.kind === 'file') ? null : left.text;
  return { did: 'removed' };
}

async function draftOf(
  root: AbsolutePath,
  path: string,
  drafts: Map<string, Draft>,
): Promise<Draft> {
  const known = drafts.get(path);
  if (known !== undefined) return known;
  const place = await lookAt(root, path);
  const before = textOf(place);
  const draft: Draft = { path, place, before, text: before };
  drafts.set(path, draft);
  return draft;
}

function changesOf(drafts: ReadonlyMap<string, Draft>): readonly FileChange[] {
  return [...drafts.values()]
    .filter(({ before, text }) => before !== text)
    .map(({ path, before, text }) => ({ path, before, after: text }));
}

function aboutPart(
  part: Pick<Part, 'path' | 'surface'> & {
    readonly at?: readonly string[] | undefined;
    readonly agents?: readonly string[];
  },
): Omit<PartReport, 'did' | 'why'> {
  const { path, surface, at, agents = [] } = part;
  return { path, ...(at === undefined ? {} : { at }), surface, agents };
}
