/**
 * `parallel status`: one summary line, then each session, what it needs first; then the rest of
 * the project. A word rather than a symbol; what could not be found out is `unknown`.
 */
import type { StatusReport } from '../../operations/shapes/status.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, wrap } from '../text.ts';
import { ago, day, size } from '../time.ts';
import { details } from './status-details.ts';
import { sessionLines } from './status-session.ts';
import { renderer, type View } from './view.ts';
import { count, shown } from './words.ts';

export const status = renderer<StatusReport>((data, view) => {
  if (data.session !== undefined) return details(data.session, view);
  const { sessions } = data;
  return [
    ...here(data, view),
    ...summary(data, view),
    ...(sessions.length === 0 ? [] : ['', ...sessionLines(sessions, view)]),
    '',
    ...interrupted(data, view),
    ...queueLine(data, view),
    ...mainLine(data, view),
    ...strays(data, view),
    ...trash(data, view),
    ...(sessions.length === 0
      ? []
      : labelled('Go there', view.theme.command(visible(data.enter)), view)),
  ];
});

function summary({ project, summary }: StatusReport, view: View): readonly string[] {
  const name = view.theme.heading(visible(project.name));
  if (summary.total === 0) {
    const command = view.theme.command(
      `${view.command(['parallel', 'create', 'NAME', '--goal'])} "..."`,
    );
    return beside(`${name}  No sessions. Start one:  `, command, view.width);
  }
  const parts = [
    [summary.active, 'active'],
    [summary.inReview, 'in review'],
    [summary.orphaned, 'orphaned'],
    [summary.kept ?? 0, 'kept'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  const need =
    summary.needYou === 0
      ? ''
      : ` ${summary.needYou} ${summary.needYou === 1 ? 'needs' : 'need'} you.`;
  const { clashing = 0 } = summary;
  const clash = clashing === 0 ? '' : ` ${clashing} ${clashing === 1 ? 'clashes' : 'clash'}.`;
  const line = `${name}  ${count(summary.total, 'session')}: ${said.join(', ')}.${need}${clash}`;
  return wrap(line, view.width);
}

function here({ here: place }: StatusReport, view: View): readonly string[] {
  const name = visible(place.name ?? '');
  switch (place.kind) {
    case 'session':
      return [`You are in session ${view.theme.heading(name)}.`];
    case 'stray':
      return ['You are in a worktree that is no session.'];
    case 'trash':
      return [view.theme.problem(`This folder is in the trash (session ${name}).`)];
    case 'main':
    case 'elsewhere':
      return [];
  }
}

function interrupted({ interrupted: cut }: StatusReport, view: View): readonly string[] {
  return cut.flatMap(({ operation, name, since }) =>
    labelled(
      'Interrupted',
      `${visible(operation)} of ${visible(name)}, ${ago(since, view.now)} ago`,
      view,
    ),
  );
}

/** `interrupted 3 min ago: 4 landed, 1 sent back, 2 to go` */
function queueLine({ queue }: StatusReport, view: View): readonly string[] {
  if (queue === undefined) return [];
  const words = { running: 'running, begun', interrupted: 'interrupted, begun', unknown: 'begun' };
  const counts = [
    `${queue.landed.length} landed`,
    ...(queue.sentBack.length === 0 ? [] : [`${queue.sentBack.length} sent back`]),
    `${queue.remaining.length} to go`,
  ];
  const text = `${words[queue.state]} ${ago(queue.since, view.now)} ago: ${counts.join(', ')}`;
  return labelled('Landing', text, view);
}

function mainLine({ main, project }: StatusReport, view: View): readonly string[] {
  if (main === null) return labelled('Repository', `${shown(project.root, view)}  bare`, view);
  const changes = [
    main.modified === null || main.modified === 0 ? null : `${main.modified} mod`,
    main.untracked === null || main.untracked === 0 ? null : `${main.untracked} new`,
  ].filter((part) => part !== null);
  const state =
    main.dirty === null
      ? 'changes unknown'
      : changes.length > 0
        ? changes.join(' ')
        : main.dirty
          ? 'changed'
          : 'clean';
  const fetched =
    main.fetchedAt === undefined ? '' : ` (last fetch ${ago(main.fetchedAt, view.now)})`;
  const facts = [
    main.branch === null ? 'detached' : visible(main.branch),
    state,
    ...(main.behindUpstream === undefined || main.behindUpstream === 0
      ? []
      : [`${main.behindUpstream} behind its upstream${fetched}`]),
    ...(main.becameDirty === undefined
      ? []
      : [`${main.becameDirty.count} of these since sessions began`]),
  ];
  return labelled('Main checkout', `${shown(project.root, view)}  ${facts.join(', ')}`, view);
}

function strays({ strays: all, project }: StatusReport, view: View): readonly string[] {
  return all.flatMap(({ path, branch, owner, locked, live }) => {
    const facts = [
      branch === null ? 'no branch' : visible(branch),
      ...(owner === null ? [] : [visible(owner)]),
      ...(live === true ? ['somebody works there'] : []),
      ...(locked === true ? [live === false ? 'locked by a process that is gone' : 'locked'] : []),
      'not ours',
    ];
    return labelled('Stray', `${below(path, project.root, view)}  ${facts.join(', ')}`, view);
  });
}

/** A path as seen from the project's root, if it is below it. */
function below(path: string, root: string, view: View): string {
  return path.startsWith(`${root}/`) ? visible(path.slice(root.length + 1)) : shown(path, view);
}

function trash({ trash: all }: StatusReport, view: View): readonly string[] {
  if (all.count === 0) return [];
  const facts = [
    count(all.count, 'entry', 'entries'),
    ...(all.bytes === undefined ? [] : [all.bytes === null ? 'size unknown' : size(all.bytes)]),
    ...(all.oldestExpiresAt === undefined
      ? []
      : [`oldest may be emptied from ${day(all.oldestExpiresAt, view.now)}`]),
  ];
  return labelled('Trash', facts.join(', '), view);
}

function labelled(label: string, what: string, view: View): readonly string[] {
  return beside(label.padEnd(15), what, view.width);
}
