// A real repository in a temporary folder, with just enough words to tell a story in a test.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import type { BranchName, Oid } from '../../src/git/oid.ts';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';

export interface Story {
  readonly root: AbsolutePath;
  readonly commonDir: AbsolutePath;
  readonly git: ReturnType<typeof openGit>;
  readonly run: (...args: readonly string[]) => string;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** writes `files` (`null` deletes), commits everything, answers the new commit */
  readonly commit: (files: Readonly<Record<string, string | null>>, message?: string) => Oid;
  readonly on: (branch: string) => Story;
  readonly tip: (ref: string) => Oid;
  /** refs, index and files, to compare before and after */
  readonly fingerprint: () => unknown;
}

const started: string[] = [];
let made = 0;

export function forgetStories(): void {
  for (const folder of started.splice(0)) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(inject('runHome'), 'story-'));
  started.push(folder);
  return folder;
}

/** A repository on branch main with one commit of three files. */
export function story(initArguments: readonly string[] = []): Story {
  const root = join(temporaryFolder(), 'project');
  execFileSync('git', ['init', '-q', ...initArguments, root]);
  const it = storyAt(root);
  it.commit({ 'a.txt': numbered(), 'b.txt': 'b\n', 'dir/c.txt': 'c\n' }, 'start');
  return it;
}

export const numbered = (change: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 20 }, (_, at) => `${change[at + 1] ?? `line ${at + 1}`}\n`).join('');

export function storyAt(folder: string, commonDir = join(folder, '.git')): Story {
  const root = absolute(folder);
  const run = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/u, '');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const it: Story = {
    root,
    commonDir: absolute(commonDir),
    git: openGit({ env: process.env }),
    run,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    // unlike messages, or two commits of one second with one content would be one
    commit: (files, message = `work ${(made += 1)}`) => {
      for (const [path, text] of Object.entries(files)) {
        if (text === null) rmSync(join(root, path));
        else write(path, text);
      }
      run('add', '-A');
      run('commit', '-q', '--allow-empty', '-m', message);
      return run('rev-parse', 'HEAD') as Oid;
    },
    on: (branch) => {
      run('checkout', '-q', ...(branches(run).has(branch) ? [branch] : ['-b', branch]));
      return it;
    },
    tip: (ref) => run('rev-parse', '--verify', ref) as Oid,
    fingerprint: () => ({
      refs: run('for-each-ref', '--format=%(refname) %(objectname)'),
      head: run('rev-parse', '--symbolic-full-name', 'HEAD'),
      index: run('ls-files', '-s', '-v'),
      files: filesBelow(folder),
      gitFiles: existsSync(commonDir)
        ? readdirSync(commonDir).filter((name) => !/^(?:index|ORIG_HEAD|objects)$/u.test(name))
        : [],
    }),
  };
  return it;
}

function branches(run: Story['run']): ReadonlySet<string> {
  return new Set(run('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n'));
}

/** Every file below `folder` but git's own, with the hash of its bytes. */
export function filesBelow(folder: string, below = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below)).toSorted()) {
    if (name === '.git') continue;
    const path = join(below, name);
    const info = lstatSync(join(folder, path));
    if (info.isDirectory()) Object.assign(files, filesBelow(folder, path));
    else if (info.isSymbolicLink()) files[path] = `link ${readlinkSync(join(folder, path))}`;
    else {
      const hash = createHash('sha1')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
      files[path] = `${(info.mode & 0o777).toString(8)} ${hash}`;
    }
  }
  return files;
}

export const branch = (name: string): BranchName => name as BranchName;
