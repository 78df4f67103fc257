/** `parallel status NAME`: one session in full. */
import type { SessionDetails } from '../../operations/shapes/status.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, wrap } from '../text.ts';
import { cut } from '../widths.ts';
import { ago, clock } from '../time.ts';
import { changesText, sessionLines } from './status-session.ts';
import type { View } from './view.ts';
import { count, short, shown } from './words.ts';

/** Shown of a list before the rest is counted. */
const shownItems = 10;

export function details(session: SessionDetails, view: View): readonly string[] {
  const fact = (label: string, what: string): readonly string[] =>
    beside(`  ${label.padEnd(11)}`, what, view.width);
  const { base } = session;
  const tip = session.branchTip === null ? 'unknown' : short(session.branchTip);
  return [
    ...sessionLines([session], view),
    '',
    ...fact('Folder', session.worktree === null ? 'none' : shown(session.worktree, view)),
    ...fact('Branch', `${visible(session.branch)} at ${tip}`),
    ...fact('Base', `${visible(base.name)} from ${short(session.baseOid)}`),
    ...(session.head !== null && session.head !== session.branch
      ? fact('HEAD', visible(session.head))
      : []),
    ...fact(
      'Only here',
      typeof session.onlyHere !== 'number' ? 'unknown' : count(session.onlyHere, 'commit'),
    ),
    ...(session.pullRequest === undefined ? [] : fact('PR', visible(session.pullRequest.url))),
    ...fact('Activity', lastActivity(session, view)),
    ...(session.log === null ? [] : fact('Log', shown(session.log, view))),
    ...(session.copied.length === 0
      ? []
      : wrap(`  Copied     ${session.copied.map(visible).join(', ')}`, view.width)),
    ...(session.carried.length === 0
      ? []
      : wrap(`  Carried    ${session.carried.map(visible).join(', ')}`, view.width)),
    ...session.signals.flatMap((signal) =>
      fact(
        'Signal',
        `${visible(signal.source)}, ${visible(signal.is)} since ${clock(signal.since)}`,
      ),
    ),
    ...verified(session, view),
    ...commits(session, view),
    ...paths(session, view),
  ];
}

function lastActivity(session: SessionDetails, view: View): string {
  const { lastActivityAt } = session;
  return lastActivityAt === null ? 'unknown' : `${ago(lastActivityAt, view.now)} ago`;
}

/** What verified it when it was to land, and what that printed at last. */
function verified({ sentBack }: SessionDetails, view: View): readonly string[] {
  if (sentBack?.command === undefined) return [];
  const printed = sentBack.output?.trimEnd().split('\n').slice(-shownItems) ?? [];
  return [
    '',
    ...beside('Verified by  ', visible(sentBack.command), view.width),
    ...printed.filter((line) => line !== '').map((line) => cut(`  ${visible(line)}`, view.width)),
  ];
}

function commits(session: SessionDetails, view: View): readonly string[] {
  if (session.commits === null) return ['', 'Commits: unknown'];
  if (session.commits.length === 0) return [];
  const lines = session.commits
    .slice(0, shownItems)
    .map(({ oid, subject }) => cut(`  ${short(oid)} ${visible(subject)}`, view.width));
  return ['', 'Commits that the base lacks:', ...lines, ...more(session.commits.length)];
}

function paths(session: SessionDetails, view: View): readonly string[] {
  if (session.paths === null) {
    return session.worktree === null ? [] : ['', 'Uncommitted files: unknown'];
  }
  if (session.paths.length === 0) return [];
  const said = session.changes === null ? '' : ` (${changesText(session.changes)})`;
  const lines = session.paths.slice(0, shownItems).map((path) => shown(path, view));
  return ['', `Uncommitted files${said}:`, ...indent(lines, 2), ...more(session.paths.length)];
}

function more(all: number): readonly string[] {
  return all > shownItems ? [`  and ${all - shownItems} more`] : [];
}
