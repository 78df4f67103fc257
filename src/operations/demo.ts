/**
 * `demo`: the whole story on a throw-away repository in a temporary folder. The product's own
 * operations and real git act; after each step what the narration says is looked up, and the first
 * claim that is wrong ends it. Nothing outside of that folder is written, and the folder goes.
 */
import * as z from 'zod/mini';
import { describe, FlightError, isFlightError } from '../kernel/errors.ts';
import { done, type Outcome } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { checkVersion } from '../git/version.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import {
  abandoned,
  foreseeClash,
  loseFolder,
  makeRepository,
  merged,
  orphaned,
  sessionNames,
  startSessions,
  workInSessions,
} from './demo/beginning.ts';
import { at, wrong } from './demo/check.ts';
import { abandonSession, bringBack, cleanUp, mergeSession } from './demo/ending.ts';
import { makeWorld, removeWorld, type World } from './demo/world.ts';
import { DemoReport, type DemoStep } from './shapes/demo.ts';
import type { StatusReport } from './shapes/status.ts';

export const DemoInput = z.object({ keep: z._default(z.boolean(), false) });

type DemoInput = z.infer<typeof DemoInput>;

interface Chapter {
  readonly title: string;
  readonly command: string;
  readonly play: (world: World) => Promise<Seen>;
}

/** What was looked up and is so. */
interface Seen {
  readonly saw: readonly string[];
  readonly status?: StatusReport;
}

const chapter = (
  title: string,
  command: string,
  play: (world: World) => Promise<readonly string[] | Seen>,
): Chapter => ({
  title,
  command,
  play: async (world) => {
    const seen = await play(world);
    return 'saw' in seen ? seen : { saw: seen };
  },
});

const story: readonly Chapter[] = [
  chapter('A small repository with a little history', 'git init && git commit ...', makeRepository),
  chapter(
    'Three agents get a session each, at the same time',
    sessionNames.map((name) => `flight-rules parallel create ${name} --goal "..."`).join('\n'),
    startSessions,
  ),
  chapter('Each works and commits in its own folder', 'git commit ...', workInSessions),
  chapter(
    'Two are about to clash, and it is known before anything is merged',
    'flight-rules parallel conflicts',
    foreseeClash,
  ),
  chapter(
    'Somebody deletes a folder, and status says so',
    `rm -rf my-project-sessions/${orphaned}\nflight-rules parallel status`,
    loseFolder,
  ),
  chapter(
    'A finished session is merged',
    `flight-rules parallel remove ${merged} --strategy merge`,
    mergeSession,
  ),
  chapter(
    'The orphan is cleaned up, and its commits are kept',
    `flight-rules parallel cleanup ${orphaned} --yes`,
    cleanUp,
  ),
  chapter(
    'The third one is abandoned, with work that was never committed',
    `flight-rules parallel remove ${abandoned} --strategy abandon --yes`,
    abandonSession,
  ),
  chapter(
    'Its user regrets that, and gets all of it back',
    `flight-rules parallel restore ${abandoned}`,
    bringBack,
  ),
];

async function run(input: DemoInput, context: OperationContext): Promise<Outcome<DemoReport>> {
  await checkVersion(context.git, context.directory);
  const began = context.clock.now().getTime();
  const world = await makeWorld(context);
  let told: Told;
  try {
    told = await tell(world, context, input.keep ? world.folder : null);
  } finally {
    if (!input.keep) await removeWorld(world.folder);
  }
  if (!input.keep && (await at(world.folder)) === 'there') {
    throw inStep(wrong('its folder to be gone', world.folder), 'the end', world.folder);
  }
  const seconds = Math.round((context.clock.now().getTime() - began) / 100) / 10;
  return done({ ...told, seconds, folder: input.keep ? world.folder : null });
}

type Told = Pick<DemoReport, 'steps' | 'status'>;

async function tell(
  world: World,
  context: OperationContext,
  kept: AbsolutePath | null,
): Promise<Told> {
  const steps: DemoStep[] = [];
  let status: StatusReport | undefined;
  for (const [at, { title, command, play }] of story.entries()) {
    context.signal.throwIfAborted();
    context.progress(`${at + 1}/${story.length}  ${title}`);
    for (const line of command.split('\n')) context.progress(`     $ ${line}`);
    let seen: Seen;
    try {
      seen = await play(world);
    } catch (error) {
      throw inStep(error, title, kept);
    }
    for (const line of seen.saw) context.progress(`     ${line}`);
    context.progress('');
    steps.push({ title, command, saw: seen.saw });
    status = seen.status ?? status;
  }
  if (status === undefined) throw wrong('the story to show status', 'it did not');
  return { steps, status };
}

/** What went wrong, with the step it went wrong in. An error nobody foresaw stays what it is. */
function inStep(error: unknown, step: string, folder: string | null): unknown {
  if (isFlightError(error, 'demo-failed')) {
    return new FlightError('demo-failed', { ...error.data, step, folder }, { cause: error });
  }
  if (!isFlightError(error)) return error;
  const expected = 'no error';
  const saw = `${error.code}: ${describe(error).message}`;
  return new FlightError('demo-failed', { step, expected, saw, folder }, { cause: error });
}

export const demo = defineOperation({
  name: 'demo',
  summary: 'Tell the whole story on a throw-away repository, in seconds',
  description:
    'Makes a small repository in a temporary folder, starts three sessions that really edit and commit, foresees a clash of two, deletes the folder of one, merges, cleans up, abandons and restores, and removes its folder again. ' +
    'Every claim is looked up afterwards; a wrong one ends it with exit 1. It needs no git identity, and neither reads nor writes any configuration of yours.',
  effect: 'change',
  input: DemoInput,
  flags: { keep: { about: 'leaves the folder for looking around, and says where it is' } },
  output: DemoReport,
  examples: [
    { args: 'demo', about: 'the story' },
    { args: 'demo --keep', about: 'and the repository stays, to try things out' },
  ],
  run,
});
