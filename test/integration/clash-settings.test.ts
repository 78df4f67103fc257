// What a project has set: drivers, attributes, filters, formats. git merge obeys them, so what is
// foreseen does.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  foresee,
  secondLine,
  threeSessions,
  unknown,
  type ThreeSessions,
} from '../support/clash/three-sessions.ts';
import { firstLines } from '../support/clash/actions.ts';

const usual = {
  'one two': 'clash',
  'one three': 'clear',
  'two three': 'clear',
  'main one': 'clear',
  'main two': 'clear',
  'main three': 'clear',
};
const verdictsOf = async (all: ThreeSessions): Promise<Readonly<Record<string, string>>> =>
  (await foresee(all, [all.one, all.two, all.three])).verdicts;

/** How a file is merged, and what comes of two changes of one line in it. */
const rules: Readonly<
  Record<string, readonly [rule: string, driver: string | null, says: unknown]>
> = {
  plain: ['', null, 'clash'],
  ours: ['merge=ours', null, 'clash'],
  union: ['merge=union', null, 'touching'],
  binary: ['binary', null, 'clash'],
  not: ['-merge', null, 'clash'],
  text: ['merge=text', null, 'clash'],
  theirs: ['merge=theirs', 'cat %B >%A', 'touching'],
  conflicts: ['merge=conflicts', 'exit 1', 'clash'],
  dies: ['merge=dies', 'kill -9 $$', expect.stringMatching(/^(?:clash|unknown: .*)$/u)],
  missing: [
    'merge=missing',
    '/nowhere/driver %A',
    expect.stringMatching(/^(?:clash|unknown: .*)$/u),
  ],
};

describe('how files are merged', () => {
  test('by attributes and drivers, one of which dies: what is said is true of each', async () => {
    const names = Object.keys(rules);
    const all = threeSessions(({ commit, git, write }) => {
      for (const name of names) write(`in/${name}.txt`, firstLines(name));
      git('add', 'in');
      const lines = Object.entries(rules).map(([name, [rule]]) => `in/${name}.txt ${rule}\n`);
      commit('.gitattributes', lines.join(''));
      git('commit', '-q', '-m', 'files');
      for (const [name, [, driver]] of Object.entries(rules)) {
        if (driver !== null) git('config', `merge.${name}.driver`, driver);
      }
    });
    const { one, repo } = all;
    const change = (name: string, by: string): string =>
      firstLines(name).replace('line 3\n', `${by}\n`);
    const others = names.map((name, at) => {
      one.write(`in/${name}.txt`, change(name, 'of one'));
      const session = repo.addSession(`x-${name}`);
      session.write(`in/${name}.txt`, change(name, 'of another'));
      // half of them committed
      if (at % 2 === 0) session.git('commit', '-q', '-a', '-m', 'a change');
      return session;
    });
    const { verdicts } = await foresee(all, [one, ...others], { probes: ['one'] });
    const said = names.map((name) => [name, verdicts[`one x-${name}`]]);
    const expected = Object.entries(rules).map(([name, [, , says]]) => [name, says]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected));
    expect(verdicts).toMatchObject({ 'x-ours x-union': 'clear', 'main x-dies': 'clear' });
  });

  test('by a rule in a folder, by one that only one of them has, by one of this clone', async () => {
    const all = threeSessions(({ commit, commonDir }) => {
      commit('.gitattributes', '*.md merge=union\n');
      commit('docs/.gitattributes', 'notes.md merge=text\n');
      commit('docs/notes.md', 'x\n');
      commit('docs/other.md', 'x\n');
      writeFileSync(join(commonDir, 'info', 'attributes'), 'a.txt merge=union\n');
    });
    const { one, two, three, repo } = all;
    const four = repo.addSession('four');
    one.commit('docs/notes.md', 'x\none\n');
    two.write('docs/notes.md', 'x\ntwo\n');
    three.write('docs/other.md', 'x\nthree\n');
    four.write('docs/other.md', 'x\nfour\n');
    four.write('b.txt', 'of four\n');
    four.write('.gitattributes', '*.md merge=union\nb.txt merge=union\n');
    const { verdicts } = await foresee(all, [one, two, three, four]);
    expect(verdicts).toMatchObject({ 'one two': 'clash', 'three four': 'touching' });
  });
});

describe('what goes through a filter', () => {
  test('line ends are as they would be committed', async () => {
    const all = threeSessions(({ commit }) => commit('.gitattributes', '* text=auto\n'));
    all.two.write('a.txt', firstLines('a.txt').replaceAll('\n', '\r\n'));
    // status calls the file changed, too
    expect(await verdictsOf(all)).toEqual({ ...usual, 'one two': 'touching' });
  });

  test('core.safecrlf=true stops nobody who only looks', async () => {
    const all = threeSessions(({ commit, git }) => {
      commit('.gitattributes', '* text=auto\n');
      git('config', 'core.safecrlf', 'true');
    });
    all.two.write('mixed.txt', 'a\r\nb\n');
    expect(await verdictsOf(all)).toEqual(usual);
  });

  test('a required filter that fails is unknown where the content is asked for', async () => {
    const all = threeSessions(({ git, commit }) => {
      commit('.gitattributes', '*.secret filter=secret\n');
      git('config', 'filter.secret.clean', 'false');
      git('config', 'filter.secret.required', 'true');
    });
    all.two.write('x.secret', 'x');
    expect(await verdictsOf(all)).toEqual({ ...usual, 'one two': unknown });
  });
});

test('no hook runs, and no file system monitor', async () => {
  const all = threeSessions();
  const { repo, two } = all;
  const trace = join(repo.root, '..', 'trace');
  for (const hook of ['pre-commit', 'post-index-change', 'reference-transaction', 'fsmonitor']) {
    const file = join(repo.commonDir, 'hooks', hook);
    writeFileSync(file, `#!/bin/sh\necho ${hook} >>'${trace}'\n`);
    chmodSync(file, 0o755);
  }
  repo.git('config', 'core.fsmonitor', join(repo.commonDir, 'hooks', 'fsmonitor'));
  two.write('new.txt', 'x');
  const { verdicts } = await foresee(all, [all.one, all.two, all.three], { unjudged: true });
  expect(verdicts).toEqual(usual);
  expect(existsSync(trace) ? readFileSync(trace, 'utf8') : '').toBe('');
});

test('a repository of sha256', async () => {
  process.env['GIT_DEFAULT_HASH'] = 'sha256';
  try {
    const all = threeSessions();
    expect(all.repo.git('rev-parse', 'HEAD')).toHaveLength(64);
    expect(await verdictsOf(all)).toEqual(usual);
  } finally {
    delete process.env['GIT_DEFAULT_HASH'];
  }
});

test('commits that would have to be signed are not', async () => {
  const all = threeSessions(({ git }) => {
    git('config', 'gpg.program', '/nowhere/gpg');
  });
  all.repo.git('config', 'commit.gpgSign', 'true');
  const { verdicts } = await foresee(all, [all.one, all.two, all.three], { unjudged: true });
  expect(verdicts).toEqual(usual);
  expect(secondLine('x')).toContain('x');
});
