/**
 * Making commits without a checkout, in the user's name. `commit-tree` ignores `commit.gpgsign`,
 * so signing is asked for by `-S`; `fmt-merge-msg` knows git's own wording.
 */
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { GitError, git, gitText, type Git } from './git.ts';
import { oid, type BranchName, type Oid } from './oid.ts';

/** How long signing may take: gpg may be waiting for somebody to type. */
const signingMs = 120_000;

/**
 * Who would commit here. One process each: `git var` for committer and author.
 * @throws FlightError `no-identity`
 */
export async function requireIdentity(port: Git, cwd: string): Promise<void> {
  for (const name of ['GIT_COMMITTER_IDENT', 'GIT_AUTHOR_IDENT']) {
    try {
      await git(port, cwd, ['var', name]);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const fatal = /^fatal: (?<why>.*)$/mu.exec(error.data.stderr)?.groups?.['why'];
      throw new FlightError('no-identity', { why: fatal ?? error.data.stderr.trim() });
    }
  }
}

/** Are commits to be signed here? One process: `config --bool commit.gpgSign`. */
export async function signsCommits(port: Git, cwd: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--get', 'commit.gpgSign'];
  return (await gitText(port, cwd, args, { answers: [0, 1] })) === 'true';
}

export interface CommitInput {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string | Uint8Array;
  readonly signing: 'signed' | 'unsigned';
  /** somebody else's work: author and date as they stand in the commit replayed */
  readonly author?: { readonly name: string; readonly email: string; readonly date: string };
  /** of `message`, if it is not the one configured */
  readonly encoding?: string;
}

/**
 * Stores a commit. One process: `commit-tree`.
 * @throws FlightError `sign-failed`
 */
export async function commitTree(port: Git, cwd: string, input: CommitInput): Promise<Oid> {
  const encoding = input.encoding ?? (typeof input.message === 'string' ? 'UTF-8' : undefined);
  const args = [
    '-c',
    'core.fsync=all',
    ...(encoding === undefined ? [] : ['-c', `i18n.commitEncoding=${encoding}`]),
    'commit-tree',
    ...(input.signing === 'signed' ? ['-S'] : []),
    ...input.parents.flatMap((parent) => ['-p', parent]),
    '-F',
    '-',
    input.tree,
  ];
  const env =
    input.author === undefined
      ? {}
      : {
          GIT_AUTHOR_NAME: input.author.name,
          GIT_AUTHOR_EMAIL: input.author.email,
          GIT_AUTHOR_DATE: input.author.date,
        };
  try {
    return oid(await gitText(port, cwd, args, { stdin: input.message, env, timeoutMs: signingMs }));
  } catch (error) {
    if (input.signing === 'unsigned') throw error;
    if (error instanceof GitError) {
      const why = error.data.stderr.trim() || `exit ${error.data.exit}`;
      throw new FlightError('sign-failed', { why }, { cause: error });
    }
    if (isFlightError(error, 'git-timeout')) {
      throw new FlightError('sign-failed', { why: 'it did not end in time' }, { cause: error });
    }
    throw error;
  }
}

/** git's own message for a merge of `branch` into `base` (`merge.suppressDest` is honoured). */
export async function mergeMessage(
  port: Git,
  cwd: string,
  branch: BranchName,
  tip: Oid,
  base: BranchName,
): Promise<string> {
  const { stdout } = await git(port, cwd, ['fmt-merge-msg', '--no-log', '--into-name', base], {
    stdin: `${tip}\t\tbranch '${branch}'\n`,
  });
  return stdout.toString('utf8');
}

export interface RawCommit {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly encoding: string | undefined;
  /** as stored */
  readonly message: Buffer;
}

/** A commit as it is stored. One process: `cat-file commit`. */
export async function readCommit(port: Git, cwd: string, commit: Oid): Promise<RawCommit> {
  const args = ['--no-replace-objects', 'cat-file', 'commit', commit];
  return parseCommit((await git(port, cwd, args)).stdout);
}

/** Pure: the parts of a commit object. */
function parseCommit(bytes: Buffer): RawCommit {
  const end = bytes.indexOf('\n\n');
  const head = bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
  const lines = head.split('\n').filter((line) => !line.startsWith(' '));
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const author = /^(?<name>.*?) ?<(?<email>[^>]*)> (?<date>\d+ [+-]\d{4})$/u.exec(
    values('author')[0] ?? '',
  );
  return {
    tree: oid(values('tree')[0] ?? ''),
    parents: values('parent').map(oid),
    author: {
      name: author?.groups?.['name'] ?? '',
      email: author?.groups?.['email'] ?? '',
      // the @ keeps git from reading a small number as a year
      date: `@${author?.groups?.['date'] ?? '0 +0000'}`,
    },
    encoding: values('encoding')[0],
    message: end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 2),
  };
}
