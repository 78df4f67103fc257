/** Which sessions are to land, in which order; or the question which. */
import { FlightError } from '../../kernel/errors.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import type { Choice, Decision } from '../../kernel/outcome.ts';
import { aheadBehind } from '../../git/distance.ts';
import { readStatus } from '../../git/status.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { targetOf } from '../remove/request.ts';
import type { LandReport } from '../shapes/land.ts';

export interface LandInput {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly verify?: string | undefined;
  readonly allowRedBase: boolean;
  readonly resume: boolean;
  readonly pr: boolean;
}

export type Chosen =
  | {
      readonly kind: 'sessions';
      readonly sessions: readonly SessionFacts[];
      readonly skipped: NonNullable<LandReport['skipped']>;
    }
  | { readonly kind: 'ask'; readonly decision: Decision };

/**
 * Names as given; with `--all` every active one with commits and nothing uncommitted, the oldest
 * first; without either the one we stand in, else the question.
 * @throws FlightError `no-such-session`, `broken-record`
 */
export async function choose(
  project: Project,
  facts: Observation,
  input: LandInput,
): Promise<Chosen> {
  if (input.names.length > 0) {
    const named = input.names.map((name) => targetOf({ name }, facts));
    return { kind: 'sessions', sessions: [...new Set(named)], skipped: [] };
  }
  if (!input.all && facts.here.kind === 'session') {
    return { kind: 'sessions', sessions: [targetOf({}, facts)], skipped: [] };
  }
  const judged = await Promise.all(facts.sessions.map((one) => ready(project, one)));
  const sessions = judged
    .flatMap((one) => (one.kind === 'ready' ? [one.session] : []))
    .toSorted((a, b) => ((a.record?.startedAt ?? '') < (b.record?.startedAt ?? '') ? -1 : 1));
  const skipped = judged.flatMap((one) =>
    one.kind === 'skipped' ? [{ name: one.session.name, why: one.why }] : [],
  );
  if (input.all || sessions.length === 0) return { kind: 'sessions', sessions, skipped };
  return { kind: 'ask', decision: decisionOf(sessions, skipped, input) };
}

type Ready =
  | { readonly kind: 'ready' | 'nothing'; readonly session: SessionFacts }
  | { readonly kind: 'skipped'; readonly session: SessionFacts; readonly why: string };

async function ready(project: Project, session: SessionFacts): Promise<Ready> {
  const { record, place, branchTip, baseTip } = session;
  if (record?.state !== 'active' || branchTip === null) return { kind: 'nothing', session };
  const skipped = (why: string): Ready => ({ kind: 'skipped', session, why });
  if (baseTip === null) return skipped('its base is gone');
  const distance = await aheadBehind(project.git, project.commonDir, branchTip, baseTip).catch(
    () => null,
  );
  if (distance === null) return skipped('what it has that its base lacks is unknown');
  if (distance.ahead === 0) return { kind: 'nothing', session };
  if (record.intent !== undefined) return skipped('another command is at work on it');
  if (place.kind !== 'present') return skipped('its folder is not where it should be');
  const status = await readStatus(project.git, place.path).catch(() => null);
  if (status === null) return skipped('whether all is committed is unknown');
  if (status.entries.length > 0) return skipped('it has uncommitted work');
  return { kind: 'ready', session };
}

function decisionOf(
  sessions: readonly SessionFacts[],
  skipped: readonly { readonly name: string; readonly why: string }[],
  input: LandInput,
): Decision {
  const { verify, allowRedBase, pr } = input;
  const more = [
    ...(verify === undefined ? [] : ['--verify', verify]),
    ...(allowRedBase ? ['--allow-red-base'] : []),
    ...(pr ? ['--pr'] : []),
  ];
  const names = sessions.map(({ name }) => name);
  const undo = pr
    ? 'restore brings the folder back; the push stays'
    : 'restore brings a session back; its base is moved back by you';
  const what = pr ? 'a pull request each' : 'into their bases';
  const choice = (value: string, label: string, effect: string, words: string[]): Choice => ({
    value,
    label,
    effect,
    undo,
    available: true,
    args: ['parallel', 'land', ...words, ...more],
  });
  return {
    id: 'land',
    question: 'Which sessions should land?',
    facts: { sessions: names, skipped },
    choices: [
      choice(
        'all',
        `All ${count(names.length, 'session')}`,
        `${names.join(', ')}: in this order, ${what}. What fails comes back unchanged.`,
        names,
      ),
      ...(names.length === 1 ? [] : names).map((name) =>
        choice(name, `Only ${name}`, `${name} ${pr ? 'gets a pull request' : 'enters its base'}.`, [
          name,
        ]),
      ),
    ],
    ifDeclined: 'Nothing has been changed.',
  };
}

/** @throws FlightError `usage` for flags that do not go together */
export function checkUsage({ names, all, resume, verify, allowRedBase, pr }: LandInput): void {
  const usage = (detail: string): FlightError =>
    new FlightError('usage', { detail, command: ['parallel', 'land'] });
  if (all && names.length > 0) throw usage('Either names or --all.');
  if (resume && (all || names.length > 0 || verify !== undefined || allowRedBase || pr)) {
    throw usage('--resume goes on as the queue was begun, and takes nothing else.');
  }
}
