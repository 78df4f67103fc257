// Every operation that changes something, in the situations that take different ways through it.
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';
import { dirty, succeed, type World } from './world.ts';

const nothing = (): void => undefined;
const auth = 'project-sessions/auth';
const hook = (world: World, name: string, text = ''): void => {
  world.write(`project/.git/hooks/${name}`, `#!/bin/sh\n${text}\n`);
  chmodSync(join(world.commonDir, 'hooks', name), 0o755);
};
const gone = ['no-such-session'];

const creating = { session: 'new', at: null, again: [] } as const;
export const create: readonly Scenario[] = [
  { ...creating, name: 'create', prepare: nothing, command: words('create new --dirty leave') },
  {
    ...creating,
    name: 'create, carrying changes',
    prepare: (world) => {
      world.write('project/a.txt', 'staged\n');
      world.git(['add', 'a.txt']);
      world.write('project/a.txt', 'edited again\n');
    },
    command: words('create new --dirty carry'),
  },
  {
    ...creating,
    name: 'create, with a post-checkout hook',
    prepare: (world) => hook(world, 'post-checkout', 'echo made > made-by-hook'),
    command: words('create new --dirty leave'),
  },
  {
    ...creating,
    name: 'create, the very first',
    prepare: (world) => {
      for (const name of ['auth', 'by']) {
        world.git(['worktree', 'remove', '--force', world.worktree(name)]);
        world.git(['branch', '-qD', `session/${name}`]);
        world.git(['update-ref', '-d', `refs/flight-rules/sessions/${name}`]);
      }
      rmSync(world.sessionsDir, { recursive: true });
    },
    command: words('create new --dirty leave'),
  },
];

const removing = { session: 'auth', again: gone } as const;
export const leave: readonly Scenario[] = [
  { ...removing, name: 'keep', prepare: nothing, command: words('remove auth --strategy keep') },
  {
    ...removing,
    name: 'abandon',
    prepare: (world) => dirty(world, auth),
    command: words('remove auth --strategy abandon --yes'),
  },
  {
    ...removing,
    name: 'abandon, in a stopped rebase',
    prepare: (world) => {
      world.write('project/a.txt', 'conflicting\n');
      world.git(['commit', '-qm', 'in the way', '--', 'a.txt']);
      try {
        world.git(['rebase', '-q', 'main'], auth);
      } catch {
        // it stops, which is meant
      }
      world.write(`${auth}/fresh.txt`, 'untracked\n');
    },
    command: words('remove auth --strategy abandon --yes'),
  },
  {
    ...removing,
    name: 'abandon, of a kept one',
    prepare: async (world) => {
      await succeed(world, words('remove auth --strategy keep'));
    },
    at: null,
    command: words('remove auth --strategy abandon --yes'),
  },
  {
    ...removing,
    name: 'pr, by its address',
    prepare: nothing,
    again: ['session-not-open', 'no-remote'],
    command: words('remove auth --strategy pr --pr-url https://github.com/a/b/pull/1'),
  },
  {
    ...removing,
    name: 'pr',
    prepare: (world) => {
      world.git(['init', '-q', '--bare', '--template=', '../remote.git']);
      world.git(['remote', 'add', 'origin', 'https://github.com/a/b.git']);
      world.git([
        'config',
        `url.${world.folder}/remote.git.insteadOf`,
        'https://github.com/a/b.git',
      ]);
      world.git(['config', 'protocol.file.allow', 'always']);
      world.git(['push', '-q', 'origin', 'main']);
      world.write(
        'bin/gh',
        '#!/bin/sh\ncase "$1 $2" in\n"auth status") ;;\n"pr list") echo "[]";;\n"pr create") echo https://github.com/a/b/pull/7;;\n*) exit 97;;\nesac\n',
      );
      chmodSync(join(world.folder, 'bin/gh'), 0o755);
    },
    options: (world) => ({ path: [join(world.folder, 'bin')] }),
    again: [],
    command: words('remove auth --strategy pr'),
  },
];

const merging = { session: 'auth', again: gone } as const;
const diverge = (world: World): void => {
  world.write('project/other.txt', 'other\n');
  world.git(['add', 'other.txt']);
  world.git(['commit', '-qm', 'other', '--', 'other.txt']);
};
const merge = 'remove auth --strategy merge';
export const land: readonly Scenario[] = [
  {
    ...merging,
    name: 'merge, fast-forward',
    prepare: nothing,
    command: words(merge),
  },
  {
    ...merging,
    name: 'merge, with a merge commit and a carried file',
    prepare: (world) => {
      diverge(world);
      world.write('project/carried.txt', 'carried\n');
    },
    command: words(merge),
  },
  {
    ...merging,
    name: 'merge, squashed',
    prepare: diverge,
    command: words(`${merge} --shape squash`),
  },
  {
    ...merging,
    name: 'merge, rebased',
    prepare: diverge,
    command: words(`${merge} --shape rebase`),
  },
  {
    ...merging,
    name: 'merge, with hooks',
    prepare: (world) => {
      diverge(world);
      hook(world, 'commit-msg');
      hook(world, 'post-merge');
    },
    command: words(merge),
  },
  {
    ...merging,
    name: 'merge, verified',
    prepare: diverge,
    command: [...words(merge), '--verify', 'test -e carried.txt'],
  },
  {
    ...merging,
    name: 'merge, into a branch that is not checked out',
    prepare: (world) => {
      world.git(['branch', 'release', 'main']);
    },
    command: words(`${merge} --into release`),
  },
];

const syncing = { session: 'auth', again: [], changes: 'the session' } as const;
/** Another file, and a line of one that the session changes too. */
const moveOn = (world: World): void => {
  const text = world.git(['show', 'main:a.txt']).replace('line 12', 'twelve');
  world.write('project/a.txt', `${text}\n`);
  world.write('project/other.txt', 'other\n');
  world.git(['add', 'other.txt']);
  world.git(['commit', '-qm', 'other', '--', 'other.txt', 'a.txt']);
};
export const sync: readonly Scenario[] = [
  {
    ...syncing,
    name: 'sync, fast-forward',
    prepare: (world) => {
      world.git(['reset', '-q', '--hard', 'main'], auth);
      moveOn(world);
    },
    command: words('sync auth'),
  },
  { ...syncing, name: 'sync, with a merge commit', prepare: moveOn, command: words('sync auth') },
  {
    ...syncing,
    name: 'sync, rebased',
    prepare: moveOn,
    command: words('sync auth --rebase'),
  },
  {
    ...syncing,
    name: 'sync, carrying changes',
    prepare: (world) => {
      dirty(world, auth);
      const text = world.git(['show', 'session/auth:a.txt']).replace('line 9', 'nine');
      world.write(`${auth}/a.txt`, `${text}\n`);
      moveOn(world);
    },
    command: words('sync auth --carry'),
  },
  {
    ...syncing,
    name: 'sync, with hooks',
    prepare: (world) => {
      moveOn(world);
      hook(world, 'commit-msg');
    },
    command: words('sync auth'),
  },
];

const abandon = async (world: World): Promise<void> => {
  await succeed(world, words('remove auth --strategy abandon --yes'));
};
const orphan = (world: World): void => {
  rmSync(world.worktree('auth'), { recursive: true });
};
const stage = (world: World): void => {
  world.write(`${auth}/staged.txt`, 'staged\n');
  world.git(['add', 'staged.txt'], auth);
};
const returning = { session: 'auth', again: ['not-in-trash', 'restore-taken'] } as const;
export const restore: readonly Scenario[] = [
  {
    ...returning,
    name: 'restore, of an abandoned one',
    prepare: (world) => dirty(world, auth),
    afterwards: abandon,
    command: words('restore auth'),
  },
  {
    ...returning,
    name: 'restore, of a kept one that moved on',
    prepare: (world) => {
      world.git(['branch', 'further', 'session/auth']);
    },
    afterwards: async (world) => {
      await succeed(world, words('remove auth --strategy keep'));
    },
    command: words('restore auth'),
  },
  {
    ...returning,
    name: 'restore, under another name',
    prepare: (world) => dirty(world, auth),
    afterwards: abandon,
    becomes: 'other',
    command: words('restore auth --as other'),
  },
  {
    ...returning,
    name: 'restore, of an orphan',
    prepare: stage,
    afterwards: orphan,
    loses: 'its folder',
    command: words('restore auth'),
  },
  {
    ...returning,
    name: 'restore, without a directory',
    prepare: stage,
    afterwards: async (world) => {
      await abandon(world);
      rmSync(join(world.sessionsDir, '.trash', 'auth-1'), { recursive: true });
    },
    loses: 'its folder',
    command: words('restore auth'),
  },
  {
    ...returning,
    name: 'restore, of an orphan with nothing but its branch',
    prepare: nothing,
    afterwards: (world) => {
      orphan(world);
      world.git(['worktree', 'prune']);
    },
    loses: 'its folder',
    command: words('restore auth'),
  },
];

const cleaning = { session: 'auth', again: gone } as const;
export const clean: readonly Scenario[] = [
  {
    ...cleaning,
    name: 'cleanup, of an orphan',
    prepare: stage,
    afterwards: orphan,
    loses: 'its folder',
    command: words('cleanup --yes'),
  },
  {
    ...cleaning,
    name: 'cleanup, of a moved one',
    prepare: (world) => dirty(world, auth),
    afterwards: (world) => renameSync(world.worktree('auth'), world.worktree('elsewhere')),
    moved: 'by hand',
    becomes: 'elsewhere',
    command: words('cleanup --yes'),
  },
  {
    ...cleaning,
    name: 'cleanup, of a landed one',
    prepare: (world) => {
      world.git(['stash', '-q']);
      world.git(['merge', '-q', '--ff-only', 'session/auth']);
      world.git(['stash', 'pop', '-q']);
    },
    command: words('cleanup --landed --yes'),
  },
  {
    ...cleaning,
    name: 'cleanup, of the trash',
    prepare: (world) => dirty(world, auth),
    afterwards: abandon,
    loses: 'what was in the trash',
    again: ['not-in-trash', ...gone],
    command: words('cleanup --expired auth~1 --yes'),
  },
];

/** A session that only a manifest of v0.15.8 knows. */
const old = (world: World): void => {
  world.git(['update-ref', '-d', 'refs/flight-rules/sessions/auth']);
  rmSync(join(world.commonDir, 'worktrees/auth/flight-rules'), { recursive: true });
  const file = join(world.sessionsDir, '.manifest.json');
  const entry = {
    id: 'auth',
    branch: 'session/auth',
    worktree: world.worktree('auth'),
    startedAt: '2025-01-01T00:00:00.000Z',
    goals: ['Sign tokens'],
    status: 'active',
    note: 'kept',
  };
  rmSync(file);
  world.write(
    'project-sessions/.manifest.json',
    JSON.stringify({ version: 1, project: 'project', sessions: [entry] }),
  );
};
export const takeOver: readonly Scenario[] = [
  {
    ...removing,
    name: 'taking over a manifest of v0.15.8',
    prepare: (world) => {
      old(world);
      dirty(world, auth);
    },
    // not the name of the next command's session: one that is there already is not made again
    command: words('create new --dirty leave'),
  },
  {
    ...removing,
    name: 'taking over, and away',
    prepare: (world) => {
      old(world);
      dirty(world, auth);
    },
    command: words('remove auth --strategy abandon --yes'),
  },
  {
    ...removing,
    name: 'adopt',
    prepare: (world) => {
      world.git(['worktree', 'add', '-q', '-b', 'topic', '../stray', 'main']);
      dirty(world, 'stray');
    },
    session: 'stray',
    at: 'stray',
    stray: true,
    again: ['not-adoptable'],
    command: words('adopt ../stray'),
  },
];

/** `parallel …` as an argument list. */
function words(line: string): string[] {
  return ['parallel', ...line.split(' ')];
}
