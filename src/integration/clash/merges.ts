/**
 * What merging says of the pairs that only a merge can judge, in private objects. Those that see
 * the same attributes and settings are merged together (`attributes.ts`, `git/merge-many.ts`).
 */
import { gitWith } from '../../git/git.ts';
import { mergeMany, type MergeSaid } from '../../git/merge-many.ts';
import type { Oid } from '../../git/oid.ts';
import type { Simulation } from '../../git/simulation.ts';
import { appendedTo } from '../../git/union.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { attributeFilesOf, layOut, nameOfSet, unionFor, type Attributed } from './attributes.ts';
import type { ClashPath } from './model.ts';

export interface MergeQuestion {
  readonly ours: Oid;
  readonly theirs: Oid;
  /** all folders with changes on either side */
  readonly folders: ReadonlySet<string>;
  /** a file that sessions append to may be merged */
  readonly isUnited: boolean;
  /** the worktree of `ours`, if it has one, and settings that count only there */
  readonly own: {
    readonly settings: string;
    readonly worktree: AbsolutePath | null;
    readonly privateDir: AbsolutePath | null;
  };
}

/** Answers in the order asked. */
export async function mergeAll(
  simulation: Simulation,
  version: string,
  questions: readonly MergeQuestion[],
): Promise<readonly MergeSaid[]> {
  const files = await attributeFilesOf(simulation.git, simulation.cwd, statesOf(questions));
  const names = new Map([...files].map(([commit, set]) => [commit, nameOfSet(set)]));
  const bare = nameOfSet(undefined);
  const groups = new Map<string, number[]>();
  for (const [at, { ours, own, isUnited }] of questions.entries()) {
    const name = [names.get(ours) ?? bare, own.settings, isUnited].join('\0');
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [at]);
    else known.push(at);
  }
  const said: MergeSaid[] = [];
  for (const [at, members] of [...groups.values()].entries()) {
    const asked = members.flatMap((member) => questions[member] ?? []);
    const [first] = asked;
    if (first === undefined) continue;
    const { ours, own, isUnited } = first;
    const tree = layOut(simulation, String(at), files.get(ours));
    const port = gitWith(simulation.git, {
      GIT_WORK_TREE: tree,
      ...(own.settings === '' || own.privateDir === null ? {} : { GIT_DIR: own.privateDir }),
    });
    const settings = isUnited ? await unionFor(simulation, String(at), ours) : [];
    const answers = await mergeMany(port, { cwd: tree, settings, version }, asked);
    for (const [place, member] of members.entries()) {
      const answer = answers[place];
      if (answer !== undefined) said[member] = answer;
    }
  }
  return said;
}

function statesOf(questions: readonly MergeQuestion[]): readonly Attributed[] {
  const all = new Map<Oid, Attributed & { readonly folders: Set<string> }>();
  for (const { ours: commit, folders, own } of questions) {
    const known = all.get(commit) ?? { commit, worktree: own.worktree, folders: new Set<string>() };
    all.set(commit, known);
    for (const folder of folders) known.folders.add(folder);
  }
  return [...all.values()];
}

/** Is one of the files that sessions append to among `changes`? */
export function mayUnite(changes: { readonly has: (path: string) => boolean }): boolean {
  return appendedTo.some((path) => changes.has(path));
}

/** Pure: `CONFLICT (contents)` becomes `contents`. */
export function clashPaths(said: Extract<MergeSaid, { kind: 'conflicts' }>): ClashPath[] {
  return said.conflicts
    .map(({ path, kinds }) => ({ path, kind: kinds.map(inWords).join(', ') || 'conflict' }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function inWords(kind: string): string {
  return kind.replace(/^CONFLICT \((?<word>.*)\)$/u, '$<word>').toLowerCase();
}
