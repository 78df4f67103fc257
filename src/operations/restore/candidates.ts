/** What a name or an id of restore can mean: an orphan or put-away session, or a trash entry. */
import { asSessionName, sessionKey } from '../../sessions/name.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import { trashPrefix, type Registry } from '../../sessions/registry.ts';
import type { StoredTrashEntry } from '../../sessions/trash-entry.ts';

export type Candidate =
  /** its record is there, its folder is neither at its place nor in the trash */
  | { readonly kind: 'orphan'; readonly session: SessionFacts }
  | { readonly kind: 'entry'; readonly stored: StoredTrashEntry };

/** Everything that can come back, one per name: the latest. */
export function restorable(facts: Observation): Candidate[] {
  const orphans = facts.sessions
    .filter(
      (one) =>
        one.branchTip !== null && (one.health === 'orphaned' || isEmptied(facts.registry, one)),
    )
    .map((session): Candidate => ({ kind: 'orphan', session }));
  const living = new Set<string>(
    facts.sessions.filter((one) => one.place.kind === 'present').map((one) => one.name),
  );
  const seen = new Set(orphans.map(candidateName));
  const entries: Candidate[] = [];
  for (const stored of facts.registry.trash) {
    if (living.has(stored.entry.name) || seen.has(stored.entry.name)) continue;
    seen.add(stored.entry.name);
    entries.push({ kind: 'entry', stored });
  }
  return [...orphans, ...entries];
}

/** Put away, and its entry was emptied from the trash since: what is left of it is its branch. */
function isEmptied({ trash, brokenTrash }: Registry, { record, place }: SessionFacts): boolean {
  if (record === null || record.state === 'active' || place.kind !== 'put-away') return false;
  if (record.intent !== undefined) return false;
  if (trash.some(({ entry }) => entry.id === record.trash)) return false;
  // an entry that cannot be read may be the one, with all its files
  const ref = `${trashPrefix}${record.trash?.toLowerCase().replace('~', '/') ?? ''}`;
  return !brokenTrash.includes(ref);
}

export function candidateName(candidate: Candidate): string {
  return candidate.kind === 'orphan' ? candidate.session.name : candidate.stored.entry.name;
}

/** What `text` names, or `null`: an id exactly, a name its orphan, else its latest entry. */
export function find(facts: Observation, text: string): Candidate | null {
  const { trash } = facts.registry;
  const byId = trash.find(({ entry }) => entry.id === text);
  if (byId !== undefined) return { kind: 'entry', stored: byId };
  const name = asSessionName(text);
  if (name === null) return null;
  const key = sessionKey(name);
  const session = facts.sessions.find((one) => one.key === key);
  if (session?.place.kind === 'gone' && session.record?.state === 'active') {
    return { kind: 'orphan', session };
  }
  const waiting = session?.record?.trash;
  const own = trash.find(({ entry }) => entry.id === waiting);
  const latest = trash.find(({ entry }) => entry.name.toLowerCase() === key);
  if (session !== undefined && isEmptied(facts.registry, session)) {
    return { kind: 'orphan', session };
  }
  const stored = own ?? latest;
  return stored === undefined ? null : { kind: 'entry', stored };
}
