// Generated worlds, each judged: what the engine foresees of all its pairs, uncommitted work and
// all, then everything committed and merged for real.
import * as fc from 'fast-check';
import { judgeClashes } from '../../../src/integration/clash/judge.ts';
import { openGit } from '../../../src/git/git.ts';
import { oid } from '../../../src/git/oid.ts';
import { absolute } from '../../../src/kernel/path.ts';
import { openProject } from '../../../src/sessions/project.ts';
import { gitIn } from '../repo.ts';
import { hold, noTally, type Tally } from './judged.ts';
import { commitAll, openJudge } from './merge-judge.ts';
import { participantOf } from './participant.ts';
import { arbitraryWorld, build, type World } from './world.ts';

/** Of so many sessions each world is made, at most. */
const sessions = 6;

export interface Wanted {
  /** at least so many pairs, if the environment does not say otherwise */
  readonly pairs: number;
  readonly seed: number;
  /** when to stop looking, and making smaller */
  readonly limitMs: number;
}

/** Throws, with the smallest world that shows it, where a verdict is not what git merges. */
export async function judgeWorlds(
  wanted: Wanted,
): Promise<{ readonly tally: Tally; readonly told: string }> {
  const pairs = Number(process.env['FLIGHT_RULES_JUDGE_PAIRS'] ?? wanted.pairs);
  const seed = Number(process.env['FLIGHT_RULES_JUDGE_SEED'] ?? wanted.seed);
  const tally = noTally();
  const begun = performance.now();
  let failed = false;
  await fc.assert(
    fc.asyncProperty(arbitraryWorld(sessions), async (world) => {
      // enough, unless it is a failure that is made smaller
      if (tally.pairs >= pairs && !failed) return;
      const disagreements = await judgeWorld(world, tally);
      failed ||= disagreements.length > 0;
      if (disagreements.length > 0) throw new Error(disagreements.join('\n'));
    }),
    // a failure is told before the test is given up, however small it has become
    { seed, numRuns: pairs, plugins: [fc.interruptAfterTimeLimit(wanted.limitMs)] },
  );
  if (tally.pairs < pairs) throw new Error(`only ${tally.pairs} of ${pairs} pairs in that time`);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  return { tally, told: `${JSON.stringify(tally)} in ${seconds} s\n` };
}

async function judgeWorld(world: World, tally: Tally): Promise<readonly string[]> {
  const { root, sessions: built } = build(world);
  const port = openGit({ env: process.env });
  const project = await openProject(port, absolute(root), process.env);
  const participants = await Promise.all(built.map((one) => participantOf(port, root, one)));
  const clashes = await judgeClashes(project, participants);
  const judge = openJudge(root);
  const commits = new Map(built.map(({ name, worktree }) => [name, commitAll(worktree)]));
  const bases = new Map([['main', oid(gitIn(root, 'rev-parse', 'main'))]]);
  return hold({ judge, clashes, commits, bases }, tally).disagreements;
}
