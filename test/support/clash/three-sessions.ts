// Three sessions, of which `one` and `two` clash in a.txt and `three` has to do with nobody; a test
// then does something bad to one of them. `verdicts` holds all that can be foreseen against what
// `git merge` makes of it, and sees that nothing was touched.
import { expect } from 'vitest';
import { judgeClashes } from '../../../src/integration/clash/judge.ts';
import type { Clashes, Participant } from '../../../src/integration/clash/model.ts';
import { oid, type Oid } from '../../../src/git/oid.ts';
import { fingerprint as print } from '../fingerprint.ts';
import { makeRepo, type TestRepo, type TestSession } from '../repo.ts';
import { firstLines } from './actions.ts';
import { hold, noTally } from './judged.ts';
import { commitAll, openJudge } from './merge-judge.ts';
import { participantOf } from './participant.ts';

export interface ThreeSessions {
  readonly repo: TestRepo;
  readonly one: TestSession;
  readonly two: TestSession;
  readonly three: TestSession;
}

/** The lines of a.txt, the second of them `second`. */
export const secondLine = (second: string): string =>
  firstLines('a.txt').replace('line 2\n', `${second}\n`);

/** @param prepare what is in the repository before the sessions are made */
export function threeSessions(prepare: (repo: TestRepo) => void = () => undefined): ThreeSessions {
  const repo = makeRepo();
  repo.commit('a.txt', firstLines('a.txt'));
  repo.commit('b.txt', firstLines('b.txt'));
  prepare(repo);
  const [one, two, three] = ['one', 'two', 'three'].map((name) => repo.addSession(name));
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('three');
  one.commit('a.txt', secondLine('of one'));
  two.write('a.txt', secondLine('of two'));
  three.commit('b.txt', 'of three\n');
  return { repo, one, two, three };
}

export interface Foreseen {
  /** verdict by pair, `one two`, and by base, `main one`; of unknown with why */
  readonly verdicts: Readonly<Record<string, string>>;
  readonly clashes: Clashes;
}

export interface Looked {
  readonly base?: string;
  /** what stands for the participants made of what is on disk */
  readonly as?: (all: readonly Participant[]) => readonly Participant[];
  /** only pairs with one of these are judged */
  readonly probes?: readonly string[];
  /** git cannot be asked: the repository is broken */
  readonly unjudged?: true;
}

/** What is foreseen, looked at twice; the second time it must be the same. */
export async function foresee(
  { repo }: Pick<ThreeSessions, 'repo'>,
  sessions: readonly TestSession[],
  { base = 'main', as = (all) => all, probes, unjudged }: Looked = {},
): Promise<Foreseen> {
  const { root, port } = repo;
  const project = await repo.project();
  const participants = as(
    await Promise.all(sessions.map((one) => participantOf(port, root, one, base))),
  );
  const before = fingerprint(root, `${root}-sessions`);
  const clashes = await judgeClashes(project, participants);
  expect(fingerprint(root, `${root}-sessions`)).toEqual(before);
  if (unjudged === undefined) {
    const known = [...clashes.pairs, ...clashes.base].some(({ verdict }) => verdict !== 'unknown');
    expect(known, 'nothing to be judged').toBe(true);
    const judge = openJudge(root);
    const committed: [string, Oid][] = [];
    for (const { name, worktree } of sessions) {
      const tip = commitOrNothing(worktree);
      if (tip !== null) committed.push([name, tip]);
    }
    const tip = repo.git('for-each-ref', '--format=%(objectname)', `refs/heads/${base}`);
    const bases = new Map<string, Oid>(tip === '' ? [] : [[base, oid(tip)]]);
    const commits = new Map(committed);
    const asked = {
      ...clashes,
      pairs: clashes.pairs.filter(({ a, b }) =>
        probes === undefined ? true : probes.includes(a) || probes.includes(b),
      ),
    };
    const question = { judge, clashes: asked, commits, bases };
    expect(hold(question, noTally()).disagreements).toEqual([]);
  }
  return { clashes, verdicts: byName(clashes) };
}

/** Of a shared index the time does not count: whoever reads it, git marks it as still in use. */
function fingerprint(...folders: readonly string[]): Record<string, string> {
  const lines = print(...folders);
  for (const [path, line] of Object.entries(lines)) {
    if (path.includes('/sharedindex.')) lines[path] = line.replace(/ \d+ /u, ' ');
  }
  return lines;
}

function commitOrNothing(worktree: string): Oid | null {
  try {
    return commitAll(worktree);
  } catch {
    return null;
  }
}

function byName({ pairs, base }: Clashes): Record<string, string> {
  const said = ({ verdict, why }: { verdict: string; why?: string }): string =>
    verdict === 'unknown' ? `unknown: ${why ?? ''}` : verdict;
  return Object.fromEntries([
    ...pairs.map((pair) => [`${pair.a} ${pair.b}`, said(pair)] as const),
    ...base.map((one) => [`${one.base} ${one.key}`, said(one)] as const),
  ]);
}

/** `unknown`, and says why. */
export const unknown: unknown = expect.stringMatching(/^unknown: ./u);
