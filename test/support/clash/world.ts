// A generated repository: a base that moves, and sessions that started from it at some moment and
// did this and that, committed, staged or just left lying about. `arbitraryWorld` makes them up,
// `build` makes them real.
import * as fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll } from './merge-judge.ts';
import { act, firstLines, type Action } from './actions.ts';
import { gitIn, temporaryFolder, writeIn } from '../repo.ts';

interface GeneratedSession {
  /** which commit of the base it starts from; what is too much is cut off */
  readonly from: number;
  readonly commits: readonly (readonly Action[])[];
  readonly staged: readonly Action[];
  readonly left: readonly Action[];
}

export interface World {
  readonly settings: readonly string[];
  /** lines of `.gitattributes`, from the first commit on */
  readonly attributes: readonly string[];
  /** commits of the base after the first */
  readonly base: readonly (readonly Action[])[];
  /** `null` is nobody: a failing world shrinks to few sessions */
  readonly sessions: readonly (GeneratedSession | null)[];
}

const texts = [
  'a.txt',
  'b.txt',
  'dir/one.txt',
  'dir/two.txt',
  'dir/sub/three.txt',
  'src/x.ts',
  'run.sh',
  'crlf.txt',
  'new\nline "q".txt',
  'ünï côde.txt',
] as const;
const others = ['empty', 'image.bin', 'link', 'library'] as const;
const fresh = [
  'new.txt',
  'dir/new.txt',
  'dir/sub/new.txt',
  'moved/new.txt',
  'moved/one.txt',
  'A.txt',
  'DIR/one.txt',
  'src/y.ts',
  '-dash.txt',
  'tab\there.txt',
] as const;
const folders = ['dir', 'dir/sub', 'src', 'moved', 'other/deep'] as const;

const text = fc.constantFrom(...texts);
const file = fc.constantFrom(...texts, ...others);
const name = fc.constantFrom(...fresh, ...texts, ...others);
const place = fc.constantFrom(...fresh, ...texts, ...folders);
const folder = fc.constantFrom(...folders);
const word = fc.constantFrom('x', 'y');
const line = fc.integer({ min: 1, max: 4 });
// few, so that they are often the same
const edited = fc.constantFrom('a.txt', 'dir/one.txt', 'src/x.ts', 'crlf.txt');

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: make('edit', { path: edited, line, text: word }) },
  { weight: 2, arbitrary: make('append', { path: text, text: word }) },
  { weight: 4, arbitrary: make('write', { path: name, text: fc.constantFrom('1\n', '2\n', '') }) },
  { weight: 1, arbitrary: make('binary', { path: name, byte: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 3, arbitrary: make('remove', { path: file }) },
  { weight: 4, arbitrary: make('rename', { path: file, to: place }) },
  { weight: 4, arbitrary: make('rename', { path: folder, to: folder }) },
  { weight: 2, arbitrary: make('chmod', { path: text }) },
  { weight: 2, arbitrary: make('link', { path: name, target: word }) },
  { weight: 1, arbitrary: make('to folder', { path: file }) },
  { weight: 1, arbitrary: make('to file', { path: folder }) },
  {
    weight: 2,
    arbitrary: make('line ends', { path: text, to: fc.constantFrom('crlf', 'lf') }),
  },
  {
    weight: 1,
    arbitrary: make('submodule', {
      path: fc.constantFrom('library', 'moved', 'new.txt'),
      commit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: make('write', {
      path: fc.constant('.gitattributes'),
      text: fc.constantFrom('*.txt -merge\n', '*.txt merge=union\n', '* text=auto\n'),
    }),
  },
);
const leaving: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: action },
  { weight: 1, arbitrary: make('intend to add', { path: fc.constantFrom(...fresh) }) },
  { weight: 1, arbitrary: make('forget', { path: file }) },
  {
    weight: 1,
    arbitrary: make('hide', {
      path: text,
      as: fc.constantFrom('assume-unchanged', 'skip-worktree'),
    }),
  },
);

function make<K extends Action['do'], T extends object>(
  kind: K,
  fields: { readonly [P in keyof T]: fc.Arbitrary<T[P]> },
): fc.Arbitrary<{ readonly do: K } & T> {
  return fc.record<T>(fields).map((rest) => ({ do: kind, ...rest }));
}

const few = (one: fc.Arbitrary<Action>, most: number): fc.Arbitrary<Action[]> =>
  fc.array(one, { maxLength: most });
const session: fc.Arbitrary<GeneratedSession> = fc.record({
  from: fc.integer({ min: 0, max: 2 }),
  commits: fc.array(few(action, 3), { maxLength: 2 }),
  staged: few(leaving, 2),
  left: few(leaving, 3),
});

const attributes = fc.constantFrom(
  '*.txt merge=union',
  '*.txt binary',
  'a.txt merge=ours',
  '*.txt -merge',
  '* text=auto',
  'crlf.txt text eol=crlf',
  '*.ts merge=binary',
  'dir/** merge=text',
);
const setting = fc.constantFrom(
  'merge.directoryRenames=true',
  'merge.directoryRenames=false',
  'merge.renames=false',
  'merge.renormalize=true',
  'merge.ours.driver=true',
  'merge.default=union',
  'diff.renames=false',
  'core.autocrlf=true',
  'core.autocrlf=input',
  'diff.algorithm=histogram',
  'merge.conflictStyle=zdiff3',
);

/** Worlds with up to `most` sessions, and mostly that many. */
export function arbitraryWorld(most: number): fc.Arbitrary<World> {
  return fc.record({
    settings: fc.oneof(fc.constant([]), fc.uniqueArray(setting, { maxLength: 2 })),
    attributes: fc.oneof(fc.constant([]), fc.uniqueArray(attributes, { maxLength: 2 })),
    base: fc.array(few(action, 2), { maxLength: 2 }),
    sessions: fc.tuple(
      ...Array.from({ length: most }, () => fc.option(session, { nil: null, freq: 50 })),
    ),
  });
}

export interface BuiltSession {
  readonly name: string;
  readonly branch: string;
  readonly worktree: string;
}

/** The repository of a world; it goes when the test ends. */
export function build(world: World): {
  readonly root: string;
  readonly sessions: readonly BuiltSession[];
} {
  const root = join(temporaryFolder('world-'), 'project');
  mkdirSync(root);
  gitIn(root, 'init', '-q', '-b', 'main');
  for (const one of world.settings) {
    const at = one.indexOf('=');
    gitIn(root, 'config', one.slice(0, at), one.slice(at + 1));
  }
  writeFirst(root, world.attributes);
  const starts = [commitAll(root)];
  for (const actions of world.base) {
    act(root, actions);
    starts.push(commitAll(root));
  }
  const sessions = world.sessions.flatMap((one, at) => {
    if (one === null) return [];
    const branch = `session/s${at}`;
    const worktree = join(`${root}-sessions`, `s${at}`);
    const start = starts[Math.min(one.from, starts.length - 1)] ?? 'main';
    gitIn(root, 'worktree', 'add', '-q', '--no-track', '-b', branch, worktree, start);
    for (const actions of one.commits) {
      act(worktree, actions);
      commitAll(worktree);
    }
    act(worktree, one.staged);
    if (one.staged.length > 0) gitIn(worktree, '-c', 'core.safecrlf=false', 'add', '--all');
    act(worktree, one.left);
    return [{ name: `s${at}`, branch, worktree }];
  });
  return { root, sessions };
}

function writeFirst(root: string, rules: readonly string[]): void {
  for (const path of texts) writeIn(root, path, firstLines(path));
  writeIn(root, 'crlf.txt', firstLines('crlf.txt').replaceAll('\n', '\r\n'));
  writeIn(root, 'empty', '');
  if (rules.length > 0) writeIn(root, '.gitattributes', rules.map((rule) => `${rule}\n`).join(''));
  act(root, [
    { do: 'binary', path: 'image.bin', byte: 9 },
    { do: 'link', path: 'link', target: 'a.txt' },
    { do: 'chmod', path: 'run.sh' },
    { do: 'submodule', path: 'library', commit: 9 },
  ]);
}
