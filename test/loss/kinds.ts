// The kinds of work that tools of this sort have lost, each made in a session.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gitIn, makeRepo, writeIn, type TestRepo, type TestSession } from '../support/repo.ts';

/** What was made, beyond the files. */
export interface Made {
  /** objects that must be readable from the session afterwards */
  readonly objects?: readonly string[];
  /** objects of the submodule `sub` */
  readonly submodule?: readonly string[];
  /** what a refusal has to name */
  readonly names?: string;
}

export interface Kind {
  readonly name: string;
  readonly make: (session: TestSession, repo: TestRepo) => Made;
}

/** A project whose base has moved on in `conflict.txt` since the sessions began. */
export function lossRepo(): TestRepo {
  const repo = makeRepo();
  const library = join(dirname(repo.root), 'library');
  mkdirSync(library);
  gitIn(library, 'init', '-q', '-b', 'main');
  writeIn(library, 'lib.txt', 'lib\n');
  gitIn(library, 'add', '.');
  gitIn(library, 'commit', '-qm', 'lib');
  repo.write('.gitignore', '.env\nignored/\n');
  repo.write('conflict.txt', 'start\n');
  repo.write('code.txt', 'start\n');
  repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'sub');
  repo.git('add', '.');
  repo.git('commit', '-qm', 'start');
  const base = repo.git('rev-parse', 'HEAD');
  repo.git('branch', 'elsewhere', repo.commit('conflict.txt', 'base\n'));
  repo.git('reset', '-q', '--hard', base);
  // hides work from whoever asks git as it is configured
  repo.git('config', 'status.showUntrackedFiles', 'no');
  repo.git('config', 'diff.ignoreSubmodules', 'all');
  return repo;
}

const work = (session: TestSession): string => session.commit(`work/${session.name}`, 'work\n');
const hash = (session: TestSession, spec: string): string => session.git('rev-parse', spec);

export const kinds: readonly Kind[] = [
  {
    name: 'dirty tracked',
    make: (s) => {
      work(s);
      s.write('code.txt', 'edited\n');
      return { names: 'code.txt' };
    },
  },
  {
    name: 'staged, then edited again',
    make: (s) => {
      work(s);
      s.write('code.txt', 'staged\n');
      s.git('add', 'code.txt');
      s.write('code.txt', 'edited again\n');
      return { names: 'code.txt', objects: [hash(s, ':code.txt')] };
    },
  },
  {
    name: 'untracked, hidden by configuration',
    make: (s) => {
      work(s);
      s.write('new/file.txt', 'never added\n');
      return { names: 'new/file.txt' };
    },
  },
  {
    name: 'ignored .env',
    make: (s) => {
      work(s);
      s.write('.env', 'SECRET=1\n');
      s.write('ignored/cache', 'big\n');
      return {};
    },
  },
  {
    name: 'skip-worktree',
    make: (s) => {
      work(s);
      s.git('update-index', '--skip-worktree', 'code.txt');
      s.write('code.txt', 'hidden\n');
      return { names: 'code.txt' };
    },
  },
  {
    name: 'assume-unchanged',
    make: (s) => {
      work(s);
      s.git('update-index', '--assume-unchanged', 'code.txt');
      s.write('code.txt', 'hidden\n');
      return { names: 'code.txt' };
    },
  },
  {
    name: 'submodule commits, hidden by configuration',
    make: (s) => {
      work(s);
      s.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
      const sub = join(s.worktree, 'sub');
      writeIn(sub, 'lib.txt', 'changed\n');
      gitIn(sub, 'commit', '-qam', 'in the submodule');
      return { names: 'sub', submodule: [gitIn(sub, 'rev-parse', 'HEAD')] };
    },
  },
  {
    name: 'nested worktree',
    make: (s, repo) => {
      work(s);
      const path = join(s.worktree, 'ignored', 'inner');
      repo.git('worktree', 'add', '-q', '--detach', path);
      writeIn(path, 'code.txt', 'inner\n');
      return { names: path };
    },
  },
  {
    name: 'nested clone',
    make: (s) => {
      work(s);
      const clone = join(s.worktree, 'ignored', 'clone');
      mkdirSync(clone, { recursive: true });
      gitIn(clone, 'init', '-q');
      writeIn(clone, 'own.txt', 'own\n');
      gitIn(clone, 'add', '.');
      gitIn(clone, 'commit', '-qm', 'own');
      return { names: 'ignored/clone' };
    },
  },
  {
    name: 'detached HEAD',
    make: (s) => {
      work(s);
      s.git('checkout', '-q', '--detach');
      return { objects: [s.commit('detached.txt', 'on no branch\n')], names: 'detached' };
    },
  },
  {
    name: 'amended commits',
    make: (s) => {
      const before = work(s);
      s.write(`work/${s.name}`, 'amended\n');
      s.git('commit', '-qa', '--amend', '-m', 'amended');
      return { objects: [before, hash(s, 'HEAD')] };
    },
  },
  {
    name: 'stopped rebase with autostash',
    make: (s) => {
      s.commit('conflict.txt', 'session\n');
      const tip = hash(s, 'HEAD');
      s.write('code.txt', 'in the autostash\n');
      try {
        s.git('rebase', '-q', '--autostash', 'elsewhere');
      } catch {
        // stops at the conflict, which is the point
      }
      const stash = readFileSync(
        s.git('rev-parse', '--git-path', 'rebase-merge/autostash'),
        'utf8',
      );
      return { objects: [tip, stash.trim()], names: 'conflict.txt' };
    },
  },
  {
    name: 'bisect',
    make: (s) => {
      const first = work(s);
      s.commit('second.txt', '2\n');
      s.commit('third.txt', '3\n');
      const last = s.commit('fourth.txt', '4\n');
      s.git('bisect', 'start', last, first);
      return { objects: [first, last], names: 'bisect' };
    },
  },
  {
    name: 'half-resolved merge',
    make: (s) => {
      s.commit('conflict.txt', 'session\n');
      s.commit('code.txt', 'session\n');
      try {
        s.git('merge', '-q', 'elsewhere');
      } catch {
        // stops at the conflict
      }
      s.write('conflict.txt', 'half resolved\n');
      return {
        names: 'conflict.txt',
        objects: [hash(s, ':2:conflict.txt'), hash(s, ':3:conflict.txt')],
      };
    },
  },
];
