/** The lines of one session in `parallel status`, in columns with its neighbours. */
import type { Changes } from '../../operations/shapes/parts.ts';
import type { SessionStatus } from '../../operations/shapes/status.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, pad, wrap } from '../text.ts';
import { cut, width } from '../widths.ts';
import { ago, clock } from '../time.ts';
import { pullRequestText } from './pull-request.ts';
import type { View } from './view.ts';

type Hint = NonNullable<SessionStatus['next']>[number];

import { count } from './words.ts';

/** Longer names push what follows to a line of its own. */
const widestName = 24;

interface Row {
  readonly session: SessionStatus;
  /** name, need or state, base, changes, since */
  readonly cells: readonly string[];
}

export function sessionLines(sessions: readonly SessionStatus[], view: View): readonly string[] {
  const rows = sessions.map((session): Row => ({ session, cells: cells(session, view) }));
  const widths = [0, 1, 2, 3].map((at) => {
    const all = rows.map((row) => width(row.cells[at] ?? ''));
    return Math.max(0, ...all.filter((columns) => at > 0 || columns <= widestName));
  });
  return rows.flatMap(({ session, cells }) => [
    ...headLines(session, cells, widths, view),
    ...indent(bodyLines(session, view), 4),
  ]);
}

/** What is below the head: goal, who works there, why (and what it clashes with), the commands that help. */
function bodyLines(session: SessionStatus, view: View): readonly string[] {
  const room = view.width - 4;
  return [
    ...goalAndActivity(session, view),
    ...(session.goals.length > 1 ? session.goals.slice(1) : []).map((goal) =>
      cut(visible(goal), room),
    ),
    ...wrap(why(session), room).filter((line) => line !== ''),
    ...(session.sentBack === undefined ? [] : sentBackLines(session.sentBack, view, room)),
    ...nextLines(helps(session, view), view),
  ];
}

/** What was the reason then may be over: only commits of its own make it forgotten. */
function sentBackLines(
  { at, message }: NonNullable<SessionStatus['sentBack']>,
  view: View,
  room: number,
): readonly string[] {
  return wrap(`Sent back ${ago(at, view.now)} ago: ${visible(message)}`, room);
}

function headLines(
  session: SessionStatus,
  row: readonly string[],
  widths: readonly number[],
  view: View,
): readonly string[] {
  const [name = '', word = '', ...rest] = row;
  const needy = session.needs.length > 0;
  const paint = needy ? view.theme.problem : view.theme.good;
  const mark = needy ? '! ' : '  ';
  const head = mark + view.theme.heading(name);
  const fill = (text: string, at: number): string =>
    ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(text)));
  const start = `${head}${fill(name, 0)}   ${paint(word)}`;
  const facts = rest.map((cell, at) => cell + fill(cell, at + 2)).join('   ');
  // a cell out of line is easier to read than a head of two lines
  const lines = [
    `${start}${fill(word, 1)}   ${facts}`,
    `${start}${fill(word, 1)}   ${rest.join('   ')}`,
    `${head}   ${paint(word)}   ${rest.join('   ')}`,
  ];
  const fitting = lines.map((line) => line.trimEnd()).find((line) => width(line) <= view.width);
  if (fitting !== undefined) return [fitting];
  const below = `    ${paint(word)}   ${rest.join('   ')}`.trimEnd();
  if (width(below) <= view.width) return [head, below];
  return [head, `    ${paint(word)}`, ...rest.map((cell) => `    ${cell}`)];
}

function cells(session: SessionStatus, view: View): readonly string[] {
  const { base } = session;
  const ahead = `+${base.ahead ?? 'unknown'}`;
  const behind = `-${base.behind ?? 'unknown'}`;
  const ended = session.endedAt;
  const distance = ended === undefined ? ` ${ahead} ${behind}` : '';
  return [
    visible(session.name),
    session.needs[0]?.toUpperCase() ?? stateWord(session),
    `${cut(visible(base.name), 20)}${distance}`,
    place(session),
    ended === undefined
      ? `started ${ago(session.startedAt, view.now)} ago`
      : `ended ${ago(ended, view.now)} ago`,
  ];
}

function stateWord(session: SessionStatus): string {
  return session.state === 'in-review' ? 'in review' : session.state;
}

/** Its changes, or where its folder is. */
function place(session: SessionStatus): string {
  const locked = session.health === 'locked' ? ', locked' : '';
  if (session.changes !== null) return changesText(session.changes) + locked;
  if (session.health === 'orphaned') return 'folder gone';
  if (session.health === 'moved') return 'folder moved';
  if (session.worktree === null) return session.state === 'ended' ? '' : 'folder put away';
  return `changes unknown${locked}`;
}

export function changesText(changes: Changes): string {
  const parts = [
    [changes.conflicted, 'conflicted'],
    [changes.staged, 'staged'],
    [changes.modified, 'mod'],
    [changes.untracked, 'new'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return said.length === 0 ? 'clean' : said.join(' ');
}

function goalAndActivity(session: SessionStatus, view: View): readonly string[] {
  const room = view.width - 4;
  const who = activityText(session, view);
  const goal = visible(session.goals[0] ?? '');
  if (who === '') return goal === '' ? [] : [cut(goal, room)];
  if (goal === '') return [who];
  const column = 44;
  if (width(goal) < column && column + width(who) <= room) return [pad(goal, column) + who];
  if (width(goal) + 3 + width(who) <= room) return [`${goal}   ${who}`];
  return [cut(goal, room), who];
}

/** `claude, working since 14:02`; `codex, waits for you 12 min`; `PR #214` for one in review. */
function activityText(session: SessionStatus, view: View): string {
  const { activity, pullRequest } = session;
  const parts: string[] = [];
  if (activity !== null) {
    const { is, since, source, agent, pid } = activity;
    const when = is === 'working' ? `since ${clock(since)}` : ago(since, view.now);
    const what = is === 'waiting' ? 'waits for you' : visible(is);
    // an agent that tells of itself is known by its name
    const process = pid === undefined || source === 'hook' ? '' : ` (pid ${pid})`;
    parts.push(`${visible(agent ?? source)}, ${what} ${when}${process}`);
  } else {
    if (session.agent !== undefined) parts.push(visible(session.agent));
    if (session.state === 'active' && session.changes !== null) parts.push('activity unknown');
  }
  if (pullRequest !== undefined) parts.push(pullRequestText(pullRequest));
  return parts.join(', ');
}

function why(session: SessionStatus): string {
  const said = session.why === undefined ? '' : visible(session.why);
  if (session.health !== 'orphaned' || session.state !== 'active') return said;
  const gone = said === '' ? 'Its folder is gone.' : said;
  if (typeof session.onlyHere !== 'number')
    return `${gone} How many commits are only on its branch is unknown.`;
  if (session.onlyHere === 0) return `${gone} All its commits are elsewhere too.`;
  const verb = session.onlyHere === 1 ? 'is' : 'are';
  return `${gone} ${count(session.onlyHere, 'commit')} ${verb} only on its branch.`;
}

/** The commands that help; for an orphan in few words, since there are always the same two. */
function helps(session: SessionStatus, view: View): readonly Hint[] {
  const next = session.next ?? [];
  if (session.health !== 'orphaned' || session.state !== 'active') return next;
  const ways = [
    { verb: 'restore', why: 'bring it back' },
    { verb: 'cleanup', why: 'clean it up' },
  ];
  return ways
    .filter(({ verb }) => next.some(({ command }) => command.split(' ').includes(verb)))
    .map(({ verb, why }) => ({ why, command: view.command(['parallel', verb, session.name]) }));
}

function nextLines(next: readonly Hint[], view: View): readonly string[] {
  // commands below each other are read as a column
  const column = Math.max(0, ...next.map(({ why: reason }) => width(visible(reason))));
  return next.flatMap(({ command, why: reason }) =>
    beside(
      `> ${pad(`${visible(reason)}:`, column + 1)}  `,
      view.theme.command(visible(command)),
      view.width - 4,
    ),
  );
}
