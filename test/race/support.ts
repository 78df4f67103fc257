// Many real processes of the released program on one repository, and what must hold afterwards.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIn, type TestRepo } from '../support/repo.ts';
import { cli, releasedProgram, type Ended } from '../support/cli.ts';

export interface Answered {
  readonly exit: number | null;
  readonly args: readonly string[];
  readonly answer: {
    readonly ok: boolean;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly code: string; readonly message: string; readonly data?: unknown };
    readonly decision?: { readonly id: string };
    readonly warnings?: readonly { readonly code: string; readonly message: string }[];
  };
}

/** One command of the released program, in its own process. */
export async function call(
  repo: Pick<TestRepo, 'root'>,
  ...args: readonly string[]
): Promise<Answered> {
  return answered(args, await cli(releasedProgram, ['--json', ...args], { cwd: repo.root }));
}

function answered(args: readonly string[], ended: Ended): Answered {
  if (ended.stdout.split('\n').length !== 2) {
    throw new Error(`${args.join(' ')}: exit ${ended.exit}: ${ended.stdout}${ended.stderr}`);
  }
  return { exit: ended.exit, args, answer: JSON.parse(ended.stdout) as Answered['answer'] };
}

/** All at once. */
export function atOnce(
  repo: Pick<TestRepo, 'root'>,
  calls: readonly (readonly string[])[],
): Promise<Answered[]> {
  return Promise.all(calls.map((args) => call(repo, ...args)));
}

export const exits = (all: readonly Answered[]): (number | null)[] =>
  all.map(({ exit }) => exit).toSorted((a, b) => (a ?? -1) - (b ?? -1));

/** What went wrong, for a failure's message: `[]` if nothing did. */
export function failures(all: readonly Answered[]): string[] {
  return all
    .filter(({ exit }) => exit !== 0)
    .map(
      ({ args, exit, answer }) =>
        `${args.join(' ')}: ${exit} ${answer.error?.code ?? answer.decision?.id ?? ''} ${answer.error?.message ?? ''}`,
    );
}

interface Recorded {
  readonly name: string;
  readonly branch: string;
  readonly worktree: string;
  readonly adminId: string | null;
  readonly token: string;
  readonly state: string;
  readonly intent?: unknown;
}

/** The records, read from the refs. */
export function records(repo: TestRepo): Recorded[] {
  return refs(repo, 'refs/flight-rules/sessions').map(
    ({ oid }) => JSON.parse(gitIn(repo.root, 'cat-file', 'blob', oid)) as Recorded,
  );
}

export function refs(repo: TestRepo, under: string): { oid: string; name: string }[] {
  return gitIn(repo.root, 'for-each-ref', '--format=%(objectname) %(refname)', under)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({
      oid: line.slice(0, line.indexOf(' ')),
      name: line.slice(line.indexOf(' ') + 1),
    }));
}

/**
 * Everything that must hold when nobody is at work: one line for each thing that does not.
 * @param foreign paths of worktrees and names of branches that are not ours
 */
export function disagreements(
  repo: TestRepo,
  foreign: (path: string) => boolean = () => false,
): string[] {
  const found: string[] = [];
  const say = (line: string): void => void found.push(line);
  const recorded = records(repo);
  const active = recorded.filter((one) => one.state === 'active');
  for (const one of recorded) {
    if (one.intent !== undefined) say(`${one.name} has an intent: ${JSON.stringify(one.intent)}`);
  }
  if (refs(repo, 'refs/flight-rules/lock').length > 0) say('the lock is held');
  const heads = new Set(refs(repo, 'refs/heads/session').map(({ name }) => name.slice(11)));
  for (const one of recorded) {
    if (!heads.delete(one.branch)) say(`${one.name} has no branch`);
  }
  for (const branch of heads) if (!foreign(branch)) say(`branch ${branch} has no record`);
  const listed = gitIn(repo.root, 'worktree', 'list', '--porcelain').split('\n');
  const worktrees = new Set(
    listed.flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : [])),
  );
  worktrees.delete(repo.root);
  for (const one of active) {
    if (!worktrees.delete(one.worktree)) say(`${one.name} has no registered worktree`);
    const token = join(repo.commonDir, 'worktrees', one.adminId ?? '', 'flight-rules', 'token');
    if (!existsSync(token) || readFileSync(token, 'utf8').trim() !== one.token) {
      say(`${one.name} is not proven by its token`);
    }
    if (!existsSync(join(one.worktree, 'README.md'))) say(`${one.name} is not checked out`);
  }
  for (const path of worktrees) if (!foreign(path)) say(`worktree ${path} has no record`);
  found.push(...folders(repo, active), ...manifest(repo, recorded), ...leftovers(repo));
  return found;
}

/** Folders of sessionsDir that no session has. */
function folders(repo: TestRepo, active: readonly Recorded[]): string[] {
  const known = new Set(active.map((one) => one.worktree));
  return list(`${repo.root}-sessions`)
    .filter((name) => name !== '.trash' && name !== '.manifest.json')
    .filter((name) => !known.has(join(`${repo.root}-sessions`, name)))
    .map((name) => `folder ${name} belongs to no session`);
}

/** The manifest shows what is open: active and in review. */
function manifest(repo: TestRepo, recorded: readonly Recorded[]): string[] {
  const file = join(`${repo.root}-sessions`, '.manifest.json');
  if (!existsSync(file)) return recorded.length === 0 ? [] : ['there is no manifest'];
  const { sessions } = JSON.parse(readFileSync(file, 'utf8')) as { sessions: { id: string }[] };
  const shown = sessions.map(({ id }) => id).toSorted();
  const meant = recorded
    .filter((one) => one.state !== 'kept')
    .map(({ name }) => name)
    .toSorted();
  return JSON.stringify(shown) === JSON.stringify(meant)
    ? []
    : [`the manifest shows ${shown.join()} instead of ${meant.join()}`];
}

/** Lock files of git's, and reserved ids without a trash entry of theirs. */
function leftovers(repo: TestRepo): string[] {
  const found = readdirSync(repo.commonDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.lock') && !path.startsWith('objects'))
    .map((path) => `${path} was left`);
  const inTrash = new Set(
    refs(repo, 'refs/flight-rules/trash').map(({ oid }) => {
      const entry = JSON.parse(gitIn(repo.root, 'cat-file', 'blob', `${oid}:entry.json`)) as {
        privateDir: { adminId: string } | null;
      };
      return entry.privateDir?.adminId;
    }),
  );
  for (const id of list(join(repo.commonDir, 'worktrees'))) {
    const inside = list(join(repo.commonDir, 'worktrees', id));
    if (!inside.includes('gitdir') && !inTrash.has(id))
      found.push(`placeholder ${id} has no trash entry`);
  }
  return found;
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
