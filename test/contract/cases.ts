// One case for each thing that each tool can answer: as a command, and as a call. Run over both
// faces by `faces.test.ts`.
import { rmSync } from 'node:fs';
import type { Json } from '../support/mcp.ts';
import type { TestRepo } from '../support/repo.ts';

export interface Case {
  readonly tool: string;
  readonly is: 'done' | 'decision' | 'error';
  /** the command, and the same as arguments of the tool; relative paths are the repository's */
  readonly words: readonly string[];
  readonly values: Json;
  readonly given?: (repo: TestRepo) => void;
  /** the answer to an open question */
  readonly answer?: string;
}

const session = (repo: TestRepo): void => {
  repo.addSession('auth').commit('auth.txt', 'work\n');
};
const dirty = (repo: TestRepo): void => {
  repo.write('README.md', 'changed\n');
};
const orphan = (repo: TestRepo): void => {
  const { worktree, commit } = repo.addSession('auth');
  commit('auth.txt', 'work\n');
  // beside one that is there, or it might be a disk that is not mounted
  repo.addSession('other');
  rmSync(worktree, { recursive: true });
};
const uncommitted = (repo: TestRepo): void => {
  repo.addSession('auth').write('new.txt', 'not committed\n');
};
const conflict = (repo: TestRepo): void => {
  const { commit } = repo.addSession('auth');
  commit('README.md', 'theirs\n');
  repo.commit('README.md', 'ours\n');
};
const detached = (repo: TestRepo): void => {
  repo.git('checkout', '-q', '--detach');
};
const stray = (repo: TestRepo): void => {
  repo.git('worktree', 'add', '-q', '-b', 'fix', '../fix');
};

export const cases: readonly Case[] = [
  {
    tool: 'parallel_status',
    is: 'done',
    words: ['parallel', 'status'],
    values: {},
    given: session,
  },
  {
    tool: 'parallel_status',
    is: 'error',
    words: ['parallel', 'status', 'none'],
    values: { name: 'none' },
    given: session,
  },
  {
    tool: 'parallel_conflicts',
    is: 'done',
    words: ['parallel', 'conflicts', 'auth'],
    values: { names: ['auth'] },
    given: conflict,
  },
  {
    tool: 'parallel_conflicts',
    is: 'error',
    words: ['parallel', 'conflicts', 'none'],
    values: { names: ['none'] },
    given: session,
  },
  {
    tool: 'parallel_create',
    is: 'done',
    words: ['parallel', 'create', 'new', '--goal', 'One', '--goal', '-y', '--base', 'main'],
    values: { name: 'new', goals: ['One', '-y'], base: 'main' },
  },
  {
    tool: 'parallel_create',
    is: 'decision',
    words: ['parallel', 'create', 'new', '--goal', 'One'],
    values: { name: 'new', goals: ['One'] },
    given: dirty,
  },
  {
    tool: 'parallel_create',
    is: 'decision',
    words: ['parallel', 'create', 'new'],
    values: { name: 'new' },
    given: detached,
    answer: 'main',
  },
  {
    tool: 'parallel_create',
    is: 'error',
    words: ['parallel', 'create', 'no name'],
    values: { name: 'no name' },
  },
  {
    tool: 'parallel_cleanup',
    is: 'done',
    words: ['parallel', 'cleanup', '--landed', '--dry-run'],
    values: { landed: true, dryRun: true },
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'done',
    words: ['parallel', 'cleanup', 'auth', '--yes'],
    values: { names: ['auth'], apply: true },
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'decision',
    words: ['parallel', 'cleanup'],
    values: {},
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'error',
    words: ['parallel', 'cleanup', 'none', '--yes'],
    values: { names: ['none'], apply: true },
  },
  {
    tool: 'parallel_remove',
    is: 'done',
    words: ['parallel', 'remove', 'auth', '--strategy', 'merge', '--shape', 'squash'],
    values: { name: 'auth', strategy: 'merge', shape: 'squash' },
    given: session,
  },
  {
    tool: 'parallel_remove',
    is: 'decision',
    words: ['parallel', 'remove', 'auth', '--title', 'Sign in', '--body', 'Why\nand how'],
    values: { name: 'auth', title: 'Sign in', body: 'Why\nand how' },
    given: session,
  },
  {
    tool: 'parallel_remove',
    is: 'decision',
    words: ['parallel', 'remove', 'auth', '--strategy', 'abandon'],
    values: { name: 'auth', strategy: 'abandon' },
    given: uncommitted,
  },
  {
    tool: 'parallel_remove',
    is: 'error',
    words: ['parallel', 'remove', 'auth', '--strategy', 'keep'],
    values: { name: 'auth', strategy: 'keep' },
    given: uncommitted,
  },
  {
    tool: 'parallel_remove',
    is: 'error',
    words: ['parallel', 'remove', 'auth', '--strategy', 'merge'],
    values: { name: 'auth', strategy: 'merge' },
    given: conflict,
  },
  {
    tool: 'parallel_restore',
    is: 'done',
    words: ['parallel', 'restore', 'auth'],
    values: { names: ['auth'] },
    given: orphan,
  },
  {
    tool: 'parallel_restore',
    is: 'decision',
    words: ['parallel', 'restore'],
    values: {},
    given: orphan,
  },
  {
    tool: 'parallel_restore',
    is: 'error',
    words: ['parallel', 'restore', 'none'],
    values: { names: ['none'] },
  },
  {
    tool: 'dev_session_start',
    is: 'done',
    words: ['dev-session', 'start', '--goal', 'One', '--standard'],
    values: { goals: ['One'], mode: 'standard' },
  },
  {
    tool: 'dev_session_start',
    is: 'decision',
    words: ['dev-session', 'start'],
    values: {},
    given: session,
    answer: 'Sign tokens',
  },
  {
    tool: 'dev_session_start',
    is: 'decision',
    words: ['dev-session', 'start', '--goal', 'Sign tokens'],
    values: { goals: ['Sign tokens'] },
    given: dirty,
  },
  {
    tool: 'dev_session_start',
    is: 'error',
    words: ['dev-session', 'start', '--goal', 'One', '--task', 'none'],
    values: { goals: ['One'], tasks: ['none'] },
  },
  {
    tool: 'dev_session_end',
    is: 'done',
    words: ['dev-session', 'end', 'auth', '--next', 'More', '--strategy', 'keep'],
    values: { name: 'auth', next: ['More'], strategy: 'keep' },
    given: session,
  },
  {
    tool: 'dev_session_end',
    is: 'decision',
    words: ['dev-session', 'end', 'auth', '--next', 'More'],
    values: { name: 'auth', next: ['More'] },
    given: session,
  },
  {
    tool: 'dev_session_end',
    is: 'error',
    words: ['dev-session', 'end', 'auth', '--strategy', 'keep'],
    values: { name: 'auth', strategy: 'keep' },
    given: uncommitted,
  },
  {
    tool: 'parallel_sync',
    is: 'done',
    words: ['parallel', 'sync', '--all', '--rebase'],
    values: { all: true, rebase: true },
    given: (repo) => {
      session(repo);
      repo.commit('base.txt', 'base\n');
    },
  },
  {
    tool: 'parallel_sync',
    is: 'error',
    words: ['parallel', 'sync', 'auth', '--leave-conflicts'],
    values: { names: ['auth'], leaveConflicts: true },
    given: conflict,
  },
  {
    tool: 'parallel_land',
    is: 'done',
    words: ['parallel', 'land', 'auth', '--verify', 'test -e README.md'],
    values: { names: ['auth'], verify: 'test -e README.md' },
    given: session,
  },
  {
    tool: 'parallel_land',
    is: 'decision',
    words: ['parallel', 'land', '--verify', 'true'],
    values: { verify: 'true' },
    given: session,
  },
  {
    tool: 'parallel_land',
    is: 'error',
    words: ['parallel', 'land', '--all'],
    values: { all: true },
    given: conflict,
  },
  {
    tool: 'parallel_adopt',
    is: 'done',
    words: ['parallel', 'adopt', '../fix', '--goal', 'Fix it'],
    values: { path: '../fix', goals: ['Fix it'] },
    given: stray,
  },
  {
    tool: 'parallel_adopt',
    is: 'decision',
    words: ['parallel', 'adopt', '../fix', '--base', 'none'],
    values: { path: '../fix', base: 'none' },
    given: stray,
    answer: 'main',
  },
  {
    tool: 'parallel_adopt',
    is: 'error',
    words: ['parallel', 'adopt', '.'],
    values: { path: '.' },
  },
  {
    tool: 'parallel_path',
    is: 'done',
    words: ['parallel', 'path', 'auth'],
    values: { name: 'auth' },
    given: session,
  },
  {
    tool: 'parallel_path',
    is: 'error',
    words: ['parallel', 'path', 'none'],
    values: { name: 'none' },
  },
  { tool: 'config', is: 'done', words: ['config'], values: {} },
  { tool: 'trust_list', is: 'done', words: ['trust', 'list'], values: {} },
];
