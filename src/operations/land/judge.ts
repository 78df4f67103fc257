/**
 * Judges merged files by verification, and whose fault it is when they are red: the base's, the
 * session's alone, or that of meeting another one. Each commit is verified once in a run; every
 * tip the queue itself moved a base to is known.
 *
 * The rule: green lands. Red where the base is green comes back. Red where the base is red ends
 * the queue, or, with `--allow-red-base`, comes back only if another command failed than on the
 * base, or with another exit code.
 */
import { readFile } from 'node:fs/promises';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { gitWith, markedGit, type Git } from '../../git/git.ts';
import type { BranchName, Oid } from '../../git/oid.ts';
import { unsigned } from '../../integration/foresee.ts';
import { moveScratch, registerScratch, removeScratch } from '../../integration/scratch.ts';
import { buildCommit, type Built } from '../../integration/shapes.ts';
import type { Project } from '../../sessions/project.ts';
import type { CommandSession } from '../../trust/commands.ts';
import { verifyFailed, verifyIn, type Verified } from '../../trust/verification.ts';
import { underLock, uninterrupted } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { queueScratch } from './scratch-place.ts';
import type { Contents, OpenQueue } from './store.ts';

/** The merged files were not good, and it is the session's doing. */
export class SentBackByVerification extends Error {
  readonly found: Exclude<Verified, { kind: 'green' }>;
  constructor(found: Exclude<Verified, { kind: 'green' }>) {
    super(found.kind);
    this.name = 'SentBackByVerification';
    this.found = found;
  }
}

export interface Judge {
  /**
   * A base as it is. @throws FlightError `base-red` (unless that is allowed), `verify-failed` if
   * nothing can be told of it
   */
  readonly base: (name: string, tip: Oid) => Promise<Verified>;
  /**
   * The files of a session merged into `base`, in `directory`.
   * @throws SentBackByVerification; FlightError as `base`
   */
  readonly merged: (
    directory: AbsolutePath,
    what: { readonly commit: Oid; readonly base: Oid },
    session: CommandSession,
  ) => Promise<void>;
  /** the same for a commit, in a scratch worktree of the queue's own */
  readonly commit: (commit: Oid, base: Oid, session: CommandSession) => Promise<void>;
  /** is the session red on `tip`? `null`: it cannot be told */
  readonly redOn: (tip: Oid, session: CommandSession & Merging) => Promise<boolean | null>;
}

/** What is needed to merge a session for a trial. */
export interface Merging {
  readonly branch: BranchName;
  readonly tip: Oid;
  readonly into: BranchName;
}

interface Asked {
  readonly context: OperationContext;
  readonly project: Project;
  readonly commands: readonly string[];
  readonly queue: OpenQueue;
  /** default: an hour */
  readonly timeoutMs?: number;
}

export function judgeOf(asked: Asked): Judge {
  const { context, project, queue } = asked;
  const known = new Map<Oid, Verified>();
  const look = async (
    directory: AbsolutePath,
    commit: Oid,
    session: CommandSession,
  ): Promise<Verified> => {
    const found = await verifyHere(asked, directory, session);
    context.signal.throwIfAborted();
    known.set(commit, found);
    return found;
  };
  const verifyCommit = async (commit: Oid, session: CommandSession): Promise<Verified> =>
    known.get(commit) ?? inScratch(asked, commit, (directory) => look(directory, commit, session));
  const base: Judge['base'] = async (name, tip) => {
    const found = await verifyCommit(tip, {
      name: '',
      worktree: queueScratch(project, queue.owner).worktree,
      branch: name,
      base: name,
      projectRoot: project.root,
    });
    if (found.kind === 'green') return found;
    if (found.kind !== 'red') throw verifyFailed(found);
    if (queue.contents().allowRedBase) return found;
    const { command, exit, output } = found;
    const again = [...callOf(queue.contents()), '--allow-red-base'];
    throw new FlightError('base-red', { base: name, command, exit, output, again });
  };
  const judge = async (found: Verified, tip: Oid, session: CommandSession): Promise<void> => {
    if (found.kind === 'green') return;
    if (found.kind === 'red') {
      const before = await base(session.base, tip);
      if (isSame(found, before)) return;
    }
    throw new SentBackByVerification(found);
  };
  return {
    base,
    merged: async (directory, what, session) => {
      await judge(await look(directory, what.commit, session), what.base, session);
    },
    commit: async (commit, tip, session) => {
      await judge(await verifyCommit(commit, session), tip, session);
    },
    redOn: async (tip, session) => {
      const built = await trialMerge(asked, tip, session);
      if (built.kind !== 'ready') return built.kind === 'nothing' ? false : null;
      const found = await verifyCommit(built.oid, session);
      return found.kind === 'red' ? true : found.kind === 'green' ? false : null;
    },
  };
}

/** The call that begins this queue once more. */
function callOf({ entries, verify, pr }: Contents): string[] {
  const names = entries.map(({ name }) => name);
  const more = [...(verify === null ? [] : ['--verify', verify]), ...(pr ? ['--pr'] : [])];
  return ['parallel', 'land', ...names, ...more];
}

function isSame(one: Verified, other: Verified): boolean {
  return (
    one.kind === 'red' && other.kind === 'red' && one.at === other.at && one.exit === other.exit
  );
}

/** What a trial would be: nobody is asked for a passphrase, and nothing refers to it. */
export async function trialMerge(
  { project }: Pick<Asked, 'project'>,
  tip: Oid,
  { name, branch, tip: sessionTip, into }: CommandSession & Merging,
): Promise<Built> {
  const input = { name, goals: [], branch, sessionTip, base: into, baseTip: tip, shape: null };
  return buildCommit(gitWith(project.git, unsigned), project, input);
}

async function verifyHere(
  { context, project, commands, timeoutMs }: Asked,
  directory: AbsolutePath,
  session: CommandSession,
): Promise<Verified> {
  const settings = below(project.commonDir, 'config');
  const before = await readFile(settings, 'latin1').catch(() => '');
  const found = await verifyIn(directory, commands, {
    env: context.env,
    session,
    signal: context.signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  // a worktree shares them with the whole repository, and verification is anybody's program
  if ((await readFile(settings, 'latin1').catch(() => '')) !== before) {
    const message = `${settings} changed while verification ran. Look at it if you did not do that.`;
    context.warn({ code: 'settings-changed', message });
  }
  return found;
}

/** A fresh scratch worktree at `commit`, named by the queue's owner: recovery finds it by that. */
async function inScratch<T>(
  { context, project, queue }: Asked,
  commit: Oid,
  body: (directory: AbsolutePath) => Promise<T>,
): Promise<T> {
  const scratch = queueScratch(project, queue.owner);
  const port: Git = markedGit(project.git, queue.owner.token);
  try {
    await underLock(context, project, async (held) => {
      faultPoint('queue.scratch:before');
      await registerScratch(held.git, project, scratch, commit);
    });
    await moveScratch(port, scratch, commit);
    return await body(scratch.worktree);
  } finally {
    const calm = uninterrupted(context, project);
    await underLock(calm.context, calm.project, async () => {
      faultPoint('queue.scratch-removal:before');
      await removeScratch(project, scratch.folder);
      faultPoint('queue.scratch-removal:after');
    });
  }
}
