// Worktrees in every state: what lies in them is foreseen as `git add --all` and `git merge` would
// have it, or it is unknown, and only of the session that it is true of.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstLines } from '../support/clash/actions.ts';
import { foresee, secondLine, threeSessions, unknown } from '../support/clash/three-sessions.ts';
import { gitIn, type TestSession } from '../support/repo.ts';

interface State {
  readonly make: (session: TestSession) => void;
  /** against `one`, which has changed the same line; against `three`; against `main` */
  readonly says: readonly [unknown, unknown, unknown];
}

const asEver: State['says'] = ['clash', 'clear', 'clear'];
const unclear: State['says'] = [unknown, unknown, unknown];

/** Stops in the middle of `verb`. */
const stopped =
  (verb: string, what: string) =>
  ({ git }: TestSession): void => {
    git('commit', '-q', '-a', '-m', 'a change');
    expect(() => git(verb, what)).toThrow('Command failed');
    expect(git('ls-files', '--unmerged')).not.toBe('');
  };

/** Each begins with an edit of the second line of a.txt that is not staged. */
const states: Readonly<Record<string, State>> = {
  merging: { make: stopped('merge', 'session/one'), says: unclear },
  rebasing: { make: stopped('rebase', 'session/one'), says: unclear },
  picking: { make: stopped('cherry-pick', 'session/one'), says: unclear },
  reverting: { make: stopped('revert', 'main~3'), says: unclear },
  resolved: {
    make: (session) => {
      stopped('merge', 'session/one')(session);
      session.write('a.txt', secondLine('of both'));
      session.git('add', 'a.txt');
    },
    // the commit that it will be has one as a parent
    says: ['clear', 'clear', 'clear'],
  },
  detached: {
    make: ({ git }) => {
      git('checkout', '-q', '--detach');
      git('commit', '-q', '-a', '-m', 'beside the branch');
    },
    says: unclear,
  },
  unborn: { make: ({ git }) => git('symbolic-ref', 'HEAD', 'refs/heads/unborn'), says: unclear },
  special: {
    make: ({ worktree }) => {
      execFileSync('mkfifo', [join(worktree, 'pipe')]);
      symlinkSync('nowhere', join(worktree, 'link'));
      symlinkSync('.', join(worktree, 'round'));
    },
    says: asEver,
  },
  secret: {
    make: ({ write }) => chmodSync(write('secret.txt', 'x'), 0o000),
    // root reads it all the same
    says: process.getuid?.() === 0 ? asEver : [unknown, 'clear', 'clear'],
  },
  nested: {
    make: ({ worktree }) => repositoryIn(join(worktree, 'inside')),
    says: asEver,
  },
  'nested-empty': {
    make: ({ worktree, write }) => {
      gitIn(worktree, 'init', '-q', 'inside');
      write('inside/file', 'x');
    },
    says: asEver,
  },
  'nested-worktree': {
    make: ({ worktree, git }) => {
      git('worktree', 'add', '-q', '--detach', join(worktree, 'inside'));
    },
    says: asEver,
  },
  locked: {
    make: ({ privateDir }) => writeFileSync(join(privateDir, 'index.lock'), ''),
    says: asEver,
  },
  split: {
    make: ({ git, write }) => {
      git('update-index', '--split-index');
      write('staged.txt', 'x');
      git('add', 'staged.txt');
    },
    says: asEver,
  },
  sparse: {
    make: ({ git }) => git('sparse-checkout', 'set', '--cone', '--sparse-index', 'deep'),
    says: asEver,
  },
  broken: {
    make: ({ privateDir }) => writeFileSync(join(privateDir, 'index'), 'no index'),
    says: unclear,
  },
  'without-index': {
    make: ({ privateDir }) => rmSync(join(privateDir, 'index')),
    says: asEver,
  },
  // as `git add` would have it
  hidden: {
    make: ({ git }) => git('update-index', '--assume-unchanged', 'a.txt'),
    says: ['clear', 'clear', 'clear'],
  },
};

function repositoryIn(folder: string): void {
  mkdirSync(folder);
  gitIn(folder, 'init', '-q');
  gitIn(folder, 'commit', '-q', '--allow-empty', '-m', 'x');
}

test('each in a state of its own, in one look: what is said is true of each alone', async () => {
  const all = threeSessions(({ commit }) => {
    commit('deep/x.txt', firstLines('x'));
    commit('a.txt', `${firstLines('a.txt')}more\n`);
    commit('a.txt', `${secondLine('again')}more\n`);
    for (const path of ['other/y.txt', 'c.txt', 'd.txt']) commit(path, firstLines(path));
  });
  const { one, three, repo } = all;
  three.commit('other/y.txt', 'of three\n');
  const others = Object.entries(states).map(([name, { make }]) => {
    const session = repo.addSession(name);
    session.write('a.txt', secondLine(`of ${name}`));
    make(session);
    return session;
  });
  const { verdicts } = await foresee(all, [one, three, ...others], { probes: ['one', 'three'] });
  const said = Object.keys(states).map((name) => [
    name,
    [verdicts[`one ${name}`], verdicts[`three ${name}`], verdicts[`main ${name}`]],
  ]);
  const expected = Object.entries(states).map(([name, { says }]) => [name, says]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected));
  expect(verdicts).toMatchObject({ 'one three': 'clear', 'main one': 'clear' });
});

test('names that no shell would take, and one that is no text', async () => {
  const all = threeSessions();
  const names = ['-rf', ':(glob)*', '*', '"q"', 'new\nline', ' ', 'é', 'e\u0301', '\\', '$(x)'];
  for (const name of names) {
    all.one.write(name, 'of one\n');
    all.two.write(name, 'of two\n');
  }
  if (process.platform === 'linux') {
    const folder = Buffer.from(`${all.three.worktree}/`);
    writeFileSync(Buffer.concat([folder, Buffer.from([0xff, 0xfe])]), 'x');
  }
  const { clashes, verdicts } = await foresee(all, [all.one, all.two, all.three]);
  expect(verdicts).toMatchObject({ 'one two': 'clash', 'main one': 'clear', 'main two': 'clear' });
  const paths = new Set(clashes.pairs[0]?.paths.map(({ path }) => path));
  expect(paths).toEqual(new Set(['a.txt', ...names]));
});

test('a socket stands in nobody’s way', async () => {
  const all = threeSessions();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(join(all.two.worktree, 'socket'), resolve);
  });
  const { verdicts } = await foresee(all, [all.one, all.two]);
  expect(verdicts).toEqual({ 'one two': 'clash', 'main one': 'clear', 'main two': 'clear' });
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

test('what cannot be looked at is unknown, and never clean', async () => {
  const all = threeSessions();
  const [blind, kept, away] = ['blind', 'kept', 'away'].map((name) => {
    const session = all.repo.addSession(name);
    session.write('a.txt', secondLine(`of ${name}`));
    return session;
  });
  if (blind === undefined || kept === undefined || away === undefined) throw new TypeError('none');
  const { verdicts } = await foresee(all, [all.one, all.three, blind, kept, away], {
    unjudged: true,
    as: (participants) => {
      // between two looks
      renameSync(away.worktree, `${away.worktree}-elsewhere`);
      return participants.map((one) => ({
        ...one,
        status: one.name === 'blind' ? null : one.status,
        worktree: one.name === 'kept' ? null : one.worktree,
      }));
    },
  });
  expect(verdicts).toMatchObject({
    'one three': 'clear',
    'one blind': unknown,
    'three blind': unknown,
    'main blind': unknown,
    // its status was read before; what is in the files cannot be
    'one away': unknown,
    // only commits count
    'one kept': 'clear',
    'main kept': 'clear',
  });
});
