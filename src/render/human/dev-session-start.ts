/** `dev-session start`: where things stand; and what was started, how to go there. */
import type { StartContext, StartReport } from '../../operations/shapes/dev-session-start.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, wrap } from '../text.ts';
import { cut } from '../widths.ts';
import { renderer, type View } from './view.ts';
import { count, onlyHere, short, shown } from './words.ts';

/** With a question there is nothing started yet, only the context. */
type Shown = Pick<StartReport, 'context'> & Partial<StartReport>;

export const devSessionStart = renderer<Shown>((data, view) => {
  const parts = [started(data, view), contextLines(data, view)].filter(({ length }) => length > 0);
  return parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
});

function started(data: Shown, view: View): readonly string[] {
  const { mode, session, log, enter } = data;
  const about = [
    ...(session === undefined
      ? []
      : [
          ...beside('  Folder   ', shown(session.worktree, view), view.width),
          ...beside('  Branch   ', visible(session.branch), view.width),
          ...beside(
            '  Base     ',
            `${visible(session.base.name)} at ${short(session.base.oid)}`,
            view.width,
          ),
        ]),
    ...(data.goals ?? []).flatMap((goal) => wrap(`  Goal     ${visible(goal)}`, view.width)),
    ...(log === undefined ? [] : beside('  Log      ', shown(log, view), view.width)),
  ];
  if (mode === undefined) return data.goals === undefined ? [] : about;
  switch (mode) {
    case 'standard':
      return [view.theme.good('A standard session has begun in this checkout.'), ...about];
    case 'parallel':
      return [
        view.theme.good(`Session ${visible(session?.name ?? '')} is ready.`),
        ...about,
        '',
        ...wrap('Nothing more is done for these goals in this checkout.', view.width),
        ...beside('Go there:  ', view.theme.command(visible(enter ?? '')), view.width),
      ];
    case 'in-session':
      return [
        view.theme.good(`Session ${visible(session?.name ?? '')} goes on.`),
        ...about,
        ...inSession(data, view),
      ];
  }
}

const mostPaths = 10;

function inSession({ uncommitted, commits }: Shown, view: View): readonly string[] {
  return [
    ...(uncommitted === undefined
      ? []
      : listed(
          'Uncommitted',
          uncommitted === null ? 'unknown' : count(uncommitted.length, 'file'),
          (uncommitted ?? []).map(visible),
          view,
        )),
    ...(commits === undefined
      ? []
      : listed(
          'Commits',
          commits === null ? 'unknown' : count(commits.length, 'commit'),
          (commits ?? []).map(({ oid, subject }) => `${short(oid)} ${visible(subject)}`),
          view,
        )),
  ];
}

function listed(
  title: string,
  summary: string,
  lines: readonly string[],
  view: View,
): readonly string[] {
  const more = lines.length - mostPaths;
  return [
    `  ${title}: ${summary}`,
    ...lines.slice(0, mostPaths).map((line) => `    ${cut(line, view.width - 4)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

/** The context; where something was started, only what is still of use: who else is at work. */
function contextLines(data: Shown, view: View): readonly string[] {
  const { context, mode } = data;
  const first = mode === undefined && data.goals === undefined;
  const sections = [
    ...(first
      ? [
          section('Next steps of the last session', bullets(context.nextSteps, view), view),
          section('Tasks', taskLines(context, view), view),
          section('Recent progress', progressLines(context, view), view),
        ]
      : []),
    ...(mode === 'parallel' ? [] : [section('At work', sessionLines(context, view), view)]),
    ...(first ? [section('Not finished', unfinishedLines(context, view), view)] : []),
  ].filter((lines) => lines.length > 0);
  const parts = sections.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
  if (!first) return parts;
  const left = omittedLine(context);
  const empty = parts.length === 0 ? ['No logs, tasks, progress or sessions yet.'] : parts;
  return left === null ? empty : [...empty, '', ...wrap(left, view.width)];
}

function section(title: string, lines: readonly string[], view: View): readonly string[] {
  return lines.length === 0 ? [] : [view.theme.heading(title), ...lines];
}

function bullets(texts: readonly string[], view: View): readonly string[] {
  return texts.flatMap((text) => hanging('  - ', visible(text), view));
}

function hanging(mark: string, text: string, view: View): readonly string[] {
  const [first = '', ...more] = wrap(text, view.width - mark.length);
  return [mark + first, ...indent(more, mark.length)];
}

function taskLines({ tasks }: StartContext, view: View): readonly string[] {
  return tasks.flatMap(({ id, title, status }) =>
    hanging('  ', `${visible(id)}  ${visible(title)}  (${visible(status)})`, view),
  );
}

function progressLines({ progress }: StartContext, view: View): readonly string[] {
  return progress.map(({ title, text }) => {
    const both = [title, text].filter((part) => part !== '').map(visible);
    return `  ${cut(both.join(': '), view.width - 2)}`;
  });
}

function sessionLines({ sessions }: StartContext, view: View): readonly string[] {
  return sessions.flatMap(({ name, goals, paths, activity }) => {
    const who = activity === null ? 'nobody seen' : `${visible(activity.source)}, ${activity.is}`;
    const goal = goals[0] === undefined ? '' : `  ${visible(goals[0])}`;
    const touches =
      paths === null
        ? 'changed files unknown'
        : paths.length === 0
          ? 'no changed files'
          : `${paths.slice(0, 4).map(visible).join(', ')}${paths.length > 4 ? `, and ${paths.length - 4} more` : ''}`;
    return [
      `  ${cut(`${visible(name)}${goal}  (${who})`, view.width - 2)}`,
      ...indent(wrap(touches, view.width - 4), 4),
    ];
  });
}

function unfinishedLines({ unfinished }: StartContext, view: View): readonly string[] {
  return unfinished.flatMap(({ name, reason, goals, onlyHere: commits, ways }) => {
    const goal = goals[0] === undefined ? '' : `  ${visible(goals[0])}`;
    const held =
      commits === undefined || commits === 0
        ? []
        : indent(wrap(onlyHere(commits), view.width - 4), 4);
    const commands = ways
      .filter(({ available, command }) => available && command !== undefined)
      .flatMap(({ value, command }) =>
        beside(
          `    > ${value === 'resume' ? 'resume' : 'clean up'}:  `,
          view.theme.command(visible(command ?? '')),
          view.width,
        ),
      );
    return [`  ${cut(`${visible(name)}  ${reason}${goal}`, view.width - 2)}`, ...held, ...commands];
  });
}

const words: Readonly<Record<string, readonly [string, string]>> = {
  nextSteps: ['next step', 'next steps'],
  tasks: ['task', 'tasks'],
  progress: ['entry of the progress', 'entries of the progress'],
  sessions: ['session', 'sessions'],
  paths: ['path', 'paths'],
  unfinished: ['unfinished session', 'unfinished sessions'],
  texts: ['text cut short', 'texts cut short'],
  files: ['task file not read to its end', 'task files not read to their end'],
};

function omittedLine({ omitted }: StartContext): string | null {
  const parts = Object.entries(omitted).flatMap(([key, many]) => {
    const [one = key, more = key] = words[key] ?? [];
    return many === undefined || many === 0 ? [] : [count(many, one, more)];
  });
  return parts.length === 0 ? null : `Left out: ${parts.join(', ')}.`;
}
