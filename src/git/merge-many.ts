/**
 * Many merges without a checkout: `merge-tree --write-tree --stdin` (git 2.39), a few processes
 * side by side; on git 2.38 one process per merge.
 *
 * - In the records of `--stdin` 1 means clean and 0 conflict, the reverse of the exit code.
 * - One merge that cannot be done (unrelated histories, a missing object) ends the whole run:
 *   that one is unknown, and the rest is asked again.
 * - Merge drivers of the user run; one that hangs is ended with all of its run, which is unknown.
 */
import { availableParallelism } from 'node:os';
import { isFlightError } from '../kernel/errors.ts';
import { pooled } from '../kernel/pooled.ts';
import { git, GitError, splitNul, type Git } from './git.ts';
import { parseMerge, type Conflict } from './merge-tree.ts';
import type { Oid } from './oid.ts';

export interface MergeAsked {
  readonly ours: Oid;
  readonly theirs: Oid;
}

export type MergeSaid =
  | { readonly kind: 'clean' }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] }
  | { readonly kind: 'unknown'; readonly why: string };

export interface MergeRoom {
  /** the files whose `.gitattributes` count, and where merge drivers put theirs */
  readonly cwd: string;
  /** arguments before the verb */
  readonly settings: readonly string[];
  /** git's version */
  readonly version: string;
  /** for one process; default: a minute, and a fifth of a second for each merge */
  readonly limitMs?: number;
}

/** So many merges are worth a process of their own. */
const share = 12;

/** After so many broken runs the rest stays unknown: something is wrong with the repository. */
const mostFailures = 200;

/** Merges each of `asked`, answers in their order. Objects are written: see `simulation`. */
export async function mergeMany(
  port: Git,
  room: MergeRoom,
  asked: readonly MergeAsked[],
): Promise<readonly MergeSaid[]> {
  const ways = Math.max(1, Math.min(availableParallelism(), Math.ceil(asked.length / share)));
  const width = Math.ceil(asked.length / ways);
  const parts = Array.from({ length: ways }, (_, at) => asked.slice(at * width, (at + 1) * width));
  return (await pooled(parts, ways, (part) => mergeOneByOne(port, room, part))).flat();
}

async function mergeOneByOne(
  port: Git,
  room: MergeRoom,
  asked: readonly MergeAsked[],
): Promise<MergeSaid[]> {
  const said: MergeSaid[] = [];
  for (let failures = 0; said.length < asked.length;) {
    const rest = asked.slice(said.length);
    if (failures >= mostFailures) {
      said.push(...rest.map(() => unknown('git failed at too many other merges')));
      break;
    }
    const answer = await askSome(port, room, rest);
    if (answer === 'late') {
      said.push(...rest.map(() => unknown('merging took too long, maybe in a merge driver')));
      break;
    }
    for (const one of answer.said) said.push(one);
    if (answer.why === null) continue;
    failures += 1;
    // git stops at the one it could not do
    if (said.length < asked.length) said.push(unknown(answer.why));
  }
  return said;
}

function unknown(why: string): MergeSaid {
  return { kind: 'unknown', why };
}

interface Answer {
  readonly said: readonly MergeSaid[];
  /** why the one after them could not be merged; `null` if nothing went wrong */
  readonly why: string | null;
}

async function askSome(
  port: Git,
  room: MergeRoom,
  asked: readonly MergeAsked[],
): Promise<Answer | 'late'> {
  const batch = canBatch(room.version);
  const some = batch ? asked : asked.slice(0, 1);
  const args = [
    ...room.settings,
    // what comes of it is looked at and thrown away
    '-c',
    'core.looseCompression=0',
    '--no-replace-objects',
    'merge-tree',
    '--write-tree',
    '--messages',
    ...(batch ? ['--stdin'] : ['-z', ...some.flatMap(({ ours, theirs }) => [ours, theirs])]),
  ];
  const stdin = some.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join('');
  try {
    const { exit, stdout, stderr } = await git(port, room.cwd, args, {
      answers: [0, 1, 128],
      timeoutMs: room.limitMs ?? 60_000 + 200 * some.length,
      ...(batch ? { stdin } : {}),
    });
    const fields = splitNul(stdout);
    if (exit === 128) return { said: parseMerges(fields, 'cut off'), why: firstLine(stderr) };
    if (batch) {
      const said = parseMerges(fields, 'whole');
      return { said, why: said.length === some.length ? null : 'git did not answer' };
    }
    return { said: [exit === 0 ? { kind: 'clean' } : conflicting(fields)], why: null };
  } catch (error) {
    port.signal?.throwIfAborted();
    if (error instanceof GitError) return { said: [], why: firstLine(error.data.stderr) };
    if (isFlightError(error, 'git-timeout')) return 'late';
    throw error;
  }
}

function conflicting(fields: readonly string[]): MergeSaid {
  return { kind: 'conflicts', conflicts: parseMerge(fields, 0).conflicts };
}

/** git 2.39 and newer */
function canBatch(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || minor >= 39;
}

function firstLine(stderr: Buffer | string): string {
  const lines = stderr.toString('utf8').split('\n');
  const line = lines.find((one) => one.startsWith('fatal: ')) ?? lines[0] ?? '';
  return line.replace(/^(?:fatal|error): /u, '').trim() || 'git did not say why';
}

/**
 * Pure: records of `--stdin`: state, the merge, an empty field.
 * @param end `cut off`: the last record may be unfinished, and is left out if it is
 */
function parseMerges(fields: readonly string[], end: 'whole' | 'cut off'): readonly MergeSaid[] {
  const said: MergeSaid[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const clean = fields[at] === '1';
    const { conflicts, next } = parseMerge(fields, at + 1);
    if (next >= fields.length && end === 'cut off') break;
    said.push(clean ? { kind: 'clean' } : { kind: 'conflicts', conflicts });
    at = next + 1;
  }
  return said;
}
