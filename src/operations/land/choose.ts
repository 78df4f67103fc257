/** Which sessions are to land, in which order; or the question which. */
import { trusted } from '../../kernel/brand.ts';
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import type { Choice, Decision } from '../../kernel/outcome.ts';
import { aheadBehind } from '../../git/distance.ts';
import type { BranchName } from '../../git/oid.ts';
import { readStatus } from '../../git/status.ts';
import { judgeClashes } from '../../integration/clash/judge.ts';
import type { Participant } from '../../integration/clash/model.ts';
import { landingOrder } from '../../integration/clash/order.ts';
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
 * Names as given; with `--all` every active one with commits and nothing uncommitted, so that
 * the fewest meet a clash; without either the one we stand in, else the question.
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
  const sessions = await inLandingOrder(
    project,
    judged.flatMap((one) => (one.kind === 'ready' ? [one] : [])),
  );
  const skipped = judged.flatMap((one) =>
    one.kind === 'skipped' ? [{ name: one.session.name, why: one.why }] : [],
  );
  if (input.all || sessions.length === 0) return { kind: 'sessions', sessions, skipped };
  return { kind: 'ask', decision: decisionOf(sessions, skipped, input) };
}

type Ready =
  | { readonly kind: 'nothing'; readonly session: SessionFacts }
  | {
      readonly kind: 'ready';
      readonly session: SessionFacts;
      readonly participant: Participant;
    }
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
  const { key, name, branch } = session;
  const base = { name: trusted<BranchName>(record.base.name), tip: baseTip };
  const worktree = { path: place.path, privateDir: place.privateDir };
  const participant = { key, name, branch, tip: branchTip, base, worktree, status };
  return { kind: 'ready', session, participant };
}

/** So that the fewest meet a clash; where that cannot be told, the oldest first. */
async function inLandingOrder(
  project: Project,
  all: readonly (Ready & { kind: 'ready' })[],
): Promise<SessionFacts[]> {
  const started = ({ record }: SessionFacts): string => record?.startedAt ?? '';
  const byAge = all.toSorted((a, b) => (started(a.session) < started(b.session) ? -1 : 1));
  const oldest = byAge.map(({ session }) => session);
  if (all.length < 2) return oldest;
  try {
    const participants = all.map(({ participant }) => participant);
    const clashes = await judgeClashes(project, participants);
    const keys = landingOrder(
      oldest.map(({ key }) => key),
      clashes,
    );
    return keys.flatMap((key) => oldest.filter((one) => one.key === key));
  } catch (error) {
    project.git.signal?.throwIfAborted();
    if (!isFlightError(error)) throw error;
    return oldest;
  }
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
  if (verify?.trim() === '') throw usage('--verify takes a command, and this one is empty.');
  if (all && names.length > 0) throw usage('Either names or --all.');
  if (resume && (all || names.length > 0 || verify !== undefined || allowRedBase || pr)) {
    throw usage('--resume goes on as the queue was begun, and takes nothing else.');
  }
}
