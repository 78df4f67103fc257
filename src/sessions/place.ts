/**
 * Where the worktree of a session is, proven by links and token, never by the spelling of a path.
 * Reads the file system only.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { real } from '../git/repository.ts';
import type { Worktree } from '../git/worktrees.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { Place } from './facts.ts';
import { exists, readLink, readRegistration, readToken, wasAt } from './links.ts';
import { adminDir, type Project } from './project.ts';
import type { SessionRecord } from './record.ts';

export interface PlaceQuestion {
  readonly project: Project;
  readonly record: SessionRecord;
  readonly worktrees: readonly Worktree[];
  /** where the command was started: a moved worktree is looked for there, too */
  readonly caller: AbsolutePath;
}

/** Finds the worktree of `record`. Never throws for what it finds; what is doubtful is `unknown`. */
export async function locate(question: PlaceQuestion): Promise<Place> {
  const { project, record, worktrees } = question;
  const away = record.trash !== undefined || record.adminId === null;
  // landing and publishing are intents of one that stays where it is until they are done
  if (record.state !== 'active' && away && !movesFolder(record)) return { kind: 'put-away' };
  const path = absolute(record.worktree);
  const adminId = record.adminId ?? (await idBeingMade(question, path));
  if (adminId === null) return unregistered(record, worktrees, path);
  const registration = await readRegistration(project, adminId, record.token);
  if (registration.kind !== 'registered') return withoutRegistration(path, registration.kind);
  const { privateDir, path: registered } = registration;
  const worktree = worktrees.find((one) => one.adminId === adminId);
  const link = await readLink(registered);
  switch (link.kind) {
    case 'link':
      if (link.target === privateDir) {
        return {
          kind: 'present',
          path: registered,
          adminId,
          privateDir,
          locked: worktree?.locked ?? null,
          head: worktree?.head ?? null,
          branch: worktree?.branch ?? null,
        };
      }
      if (link.targetExists || !(await wasAt(privateDir, link.target))) {
        return { kind: 'not-ours', why: `${registered} belongs to ${link.target}` };
      }
      // only the repository moved: the folder stayed, its link leads nowhere
      return { kind: 'moved', from: registered, to: registered, adminId, privateDir };
    case 'no-directory': {
      const to = await findMoved(question, privateDir);
      if (to !== null) return { kind: 'moved', from: registered, to, adminId, privateDir };
      return { kind: 'gone', adminId, privateDir, locked: worktree?.locked ?? null };
    }
    case 'no-link':
      return { kind: 'unknown', why: `${registered} has no link to the repository` };
    case 'unknown':
      return { kind: 'unknown', why: `${registered}: ${link.why}` };
  }
}

/** Is its folder on its way, in or out of the trash? */
function movesFolder({ intent }: SessionRecord): boolean {
  const inPlace = ['landing', 'publishing', 'syncing', 'resolving'];
  return intent !== undefined && !inPlace.includes(intent.kind);
}

/** The admin id of a create that has written its token and will record the id when it is done. */
async function idBeingMade(
  { project, record, worktrees }: PlaceQuestion,
  path: AbsolutePath,
): Promise<string | null> {
  const id = worktrees.find((one) => one.path === path && one.branch === record.branch)?.adminId;
  if (id === undefined || id === null || record.intent?.kind !== 'creating') return null;
  return (await readToken(adminDir(project, id))) === record.token ? id : null;
}

/** A create that did not get as far as writing its token. */
function unregistered(
  record: SessionRecord,
  worktrees: readonly Worktree[],
  path: AbsolutePath,
): Place {
  const worktree = worktrees.find((one) => one.path === path && one.branch === record.branch);
  if (worktree === undefined)
    return { kind: 'gone', adminId: null, privateDir: null, locked: null };
  return { kind: 'unknown', why: `${path} is being made` };
}

/** No admin entry carries our token: pruned, or somebody else's by now. */
async function withoutRegistration(path: AbsolutePath, found: 'other' | 'none'): Promise<Place> {
  const link = await readLink(path);
  if (link.kind === 'no-directory') {
    return { kind: 'gone', adminId: null, privateDir: null, locked: null };
  }
  const why =
    found === 'none'
      ? `${path} exists, but its registration is gone`
      : `${path} is registered by somebody else`;
  return { kind: 'unknown', why };
}

/**
 * A worktree moved by hand still names its private git dir, or, if the whole project moved, the
 * place where that was. Looked for in sessionsDir, in the project's parent, at the caller's place.
 */
async function findMoved(
  question: PlaceQuestion,
  privateDir: AbsolutePath,
): Promise<AbsolutePath | null> {
  const { project, record, caller } = question;
  const folders = new Set([project.sessionsDir, absolute(dirname(project.root))]);
  const candidates = [below(project.sessionsDir, basename(record.worktree)), ...parents(caller)];
  for (const folder of folders) {
    candidates.push(...(await subfolders(folder)).map((name) => below(folder, name)));
  }
  for (const candidate of new Set(candidates)) {
    const link = await readLink(candidate);
    if (link.kind !== 'link') continue;
    const names = link.target === privateDir;
    if (names || (!link.targetExists && (await wasAt(privateDir, link.target)))) {
      return real(candidate);
    }
  }
  return null;
}

function parents(path: AbsolutePath): AbsolutePath[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...parents(absolute(above))];
}

async function subfolders(folder: AbsolutePath): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((e) => e.isDirectory() && e.name !== '.trash').map((e) => e.name);
  } catch {
    return [];
  }
}

/** True if sessionsDir is missing or holds nothing: perhaps a disk that is not mounted. */
export async function isMissingOrEmpty(sessionsDir: AbsolutePath): Promise<boolean> {
  try {
    return (await readdir(sessionsDir)).length === 0;
  } catch {
    return !(await exists(sessionsDir));
  }
}
