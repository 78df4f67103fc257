// `dev-session end`, killed at its own points and given again: nothing twice, nothing lost.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { passedPoints } from './passed-points.ts';
import { said, statusOnly } from './invariants.ts';
import type { World } from './world.ts';

const log = 'docs/session_logs/20261122_1403_auth_session.md';
const at = 'project-sessions/auth';

const texts = [
  '--next',
  'Rotate the keys',
  '--learned',
  'Cookies are gone',
  '--task',
  '1.1=complete',
];

export interface Ending {
  readonly name: string;
  readonly command: readonly string[];
  /** the same without the texts: the draft has them, or they are written */
  readonly again: readonly string[];
  /** the ref that has everything in the end */
  readonly home: string;
  readonly commits: readonly string[];
}

const end = ['dev-session', 'end', 'auth'];
const ways = (...more: readonly string[]): Pick<Ending, 'command' | 'again'> => ({
  command: [...end, ...texts, ...more, '--summary-file', '../summary.md'],
  again: [...end, ...more],
});

export const endings: readonly Ending[] = [
  {
    ...ways('--commit', 'All of it', '--strategy', 'merge'),
    name: 'end by merge, with uncommitted work',
    home: 'main',
    commits: ['docs: session log of auth', 'All of it'],
  },
  {
    ...ways('--strategy', 'keep', '--commit', 'All of it', '--save-log'),
    name: 'end by keep, with the log saved',
    home: 'session/auth',
    commits: ['docs: session log of auth', 'All of it'],
  },
];

/** Uncommitted work of the user's, a log he has written into, tasks and progress. */
export function prepare(world: World): void {
  const { write, git } = world;
  write('project/docs/implementation/1.md', '## 1.1. Sign\n\n**Status**: 🔵 Planned\n');
  write('project/docs/progress.md', '# Progress\n\n## 2026-01-01 first\n\nBegun.\n');
  git(['add', 'docs']);
  git(['commit', '-qm', 'docs', '--', 'docs']);
  git(['rebase', '-q', 'main'], at);
  write(
    `${at}/${log}`,
    '# Log\n\n## Plan\n\nMine.\n\n## Summary\n\n<!-- what -->\n\n## Own\n\nx\n',
  );
  write(`${at}/new.txt`, 'new\n');
  write(`${at}/deep/er/x.txt`, 'edited\n');
  write('summary.md', 'All is signed now.\n\nSecond paragraph.\n');
  world.keep('ending');
}

/** The points of its own that the command passes. */
export async function pointsOf(world: World, ending: Ending): Promise<string[]> {
  world.putBack('ending');
  const file = join(world.folder, '..', 'ending-points.log');
  rmSync(file, { force: true });
  const ended = await run(world, ending.command, { FLIGHT_RULES_FAULT_LOG: file });
  if (ended.end !== 0) throw new Error(said(ended));
  const wrong = whole(world, ending);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return passedPoints(file).filter((point) => /^(?:end|land|remove)\./u.test(point));
}

/** @returns what is wrong after it was killed there and given again */
export async function killEnding(world: World, ending: Ending, point: string): Promise<string[]> {
  world.putBack('ending');
  const killed = await run(world, ending.command, { FLIGHT_RULES_FAULT: point });
  if (killed.end !== 'SIGKILL') return [`${point}: not killed: ${said(killed)}`];
  const found = await statusOnly(world);
  // before the draft was there the texts are given again
  const drafted = existsSync(join(world.commonDir, 'worktrees/auth/flight-rules/draft.json'));
  const first = point.startsWith('end.draft:before') || !drafted;
  const again = await run(world, first ? ending.command : ending.again, {});
  const over = again.stdout.includes('"no-such-session"') || again.stdout.includes('"no-worktree"');
  if (again.end !== 0 && !over) found.push(`again: ${said(again)}`);
  return [...found, ...whole(world, ending)].map((problem) => `${point}: ${problem}`);
}

function run(
  world: World,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): ReturnType<World['run']> {
  return world.run([...command, '--json'], { env });
}

/** Everything is there, and once. */
export function whole(world: World, ending: Ending): string[] {
  const { home } = ending;
  const show = (path: string): string => {
    try {
      return world.git(['show', `${home}:${path}`]);
    } catch {
      return '';
    }
  };
  const once = (path: string, ...words: readonly string[]): string[] => {
    const text = show(path);
    return words.flatMap((word) => {
      const times = text.split(word).length - 1;
      return times === 1 ? [] : [`${path}: ${times} times ${word}\n${text}`];
    });
  };
  const subjects = world.git(['log', '--format=%s', home]).split('\n');
  const copies = ending.name.includes('saved') ? [log, log.replace('.md', '-2.md')] : [];
  const saved = copies.filter((path) => existsSync(join(world.root, path))).length;
  return [
    ...once(
      log,
      'All is signed now.',
      'Rotate the keys',
      'Mine.',
      '## Own\n\nx',
      ' All of it\n',
      '`new.txt`',
    ),
    ...once('docs/progress.md', 'All is signed now.', 'Begun.', '20261122_1403_auth_session.md]'),
    ...once('docs/critical-learnings.md', 'Cookies are gone'),
    ...once('docs/implementation/1.md', '**Status**: ✅ Complete'),
    ...once('new.txt', 'new'),
    ...once('deep/er/x.txt', 'edited'),
    ...ending.commits.flatMap((subject) =>
      subjects.filter((one) => one === subject).length === 1
        ? []
        : [`commits: ${subjects.join(', ')}`],
    ),
    ...(copies.length === 0 || saved === 1 ? [] : [`${saved} copies of the log`]),
  ];
}
