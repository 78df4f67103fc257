/**
 * Pure: what the entries of a status say about a worktree's files against its HEAD, without
 * looking at their content.
 */
import type { StatusEntry } from '../../git/status.ts';

export interface Edit {
  readonly path: string;
  /** `<mode> <oid>` in HEAD; `null`: not there */
  readonly before: string | null;
  /** as `before`; `different`: other than in HEAD, its content unknown */
  readonly after: string | null;
}

export interface Uncommitted {
  readonly edits: readonly Edit[];
  /** paths whose content only the worktree has */
  readonly unstaged: readonly string[];
  /** some may be as in HEAD after all: staged, and taken back in the worktree */
  readonly isDoubtful: boolean;
  /** a name that is no UTF-8: it cannot be spelled here */
  readonly isUnspeakable: boolean;
  /** a submodule stands elsewhere than in the index: where, only it knows */
  readonly hasCommits: boolean;
  readonly unmerged: readonly string[];
}

export function uncommittedOf(entries: readonly StatusEntry[]): Uncommitted {
  const edits = new Map<string, Edit>();
  const unstaged: string[] = [];
  const unmerged: string[] = [];
  let isDoubtful = false;
  let isUnspeakable = false;
  let hasCommits = false;
  for (const entry of entries) {
    const { path, kind } = entry;
    // a repository of its own inside: its content is not part of this one
    if (kind === 'ignored' || (kind === 'untracked' && path.endsWith('/'))) continue;
    if (path.includes('\uFFFD')) isUnspeakable = true;
    if (kind === 'unmerged') {
      unmerged.push(path);
      continue;
    }
    if (kind === 'untracked') {
      // staged as deleted, and there again
      const known = edits.get(path);
      if (known !== undefined) isDoubtful = true;
      edits.set(path, { path, before: known?.before ?? null, after: 'different' });
      unstaged.push(path);
      continue;
    }
    const edit = trackedEdit(entry);
    if (edit === null) continue;
    if (isUnstaged(entry)) unstaged.push(path);
    if (isUnstaged(entry) && entry.submodule.startsWith('S')) hasCommits = true;
    if (isUnstaged(entry) && entry.xy[0] !== '.' && edit.before !== null) isDoubtful = true;
    edits.set(path, edit);
  }
  return {
    edits: [...edits.values()],
    unstaged: unstaged.filter((path) => !isReplaced(path, edits)),
    isDoubtful,
    isUnspeakable,
    hasCommits,
    unmerged,
  };
}

/** Gone, with a file or link where one of its folders was: putting that in takes it out. */
function isReplaced(path: string, edits: ReadonlyMap<string, Edit>): boolean {
  if (edits.get(path)?.after !== null) return false;
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const above = edits.get(path.slice(0, at));
    if (above !== undefined && above.after !== null) return true;
  }
  return false;
}

/** Does the worktree differ from the index? Edits inside a submodule are not part of this one. */
function isUnstaged({ xy, submodule }: StatusEntry): boolean {
  if (xy[1] === '.') return false;
  return !submodule.startsWith('S') || submodule[1] === 'C' || xy[1] === 'D' || xy[1] === 'T';
}

function trackedEdit(entry: StatusEntry): Edit | null {
  const { path } = entry;
  const before = stated(entry.modeHead, entry.oidHead);
  if (!isUnstaged(entry)) {
    const after = stated(entry.modeIndex, entry.oidIndex);
    return before === after ? null : { path, before, after };
  }
  return { path, before, after: isNothing(entry.modeWorktree) ? null : 'different' };
}

function stated(mode: string | undefined, id: string | undefined): string | null {
  return isNothing(mode) ? null : `${mode} ${id}`;
}

function isNothing(mode: string | undefined): boolean {
  return mode === undefined || mode === '' || mode === '000000';
}
