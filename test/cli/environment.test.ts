// What surrounds a call: variables of a hook or of an outer session, odd configuration of the user.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, say, worksFrom } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

describe('variables', () => {
  test('of a hook in another repository: nothing there changes', async () => {
    const { root } = makeRepo();
    const other = makeRepo();
    other.write('staged.txt', 's\n');
    other.git('add', '-A');
    const before = fingerprint(other.root);
    const env = {
      GIT_DIR: other.commonDir,
      GIT_COMMON_DIR: other.commonDir,
      GIT_INDEX_FILE: join(other.commonDir, 'index'),
      GIT_WORK_TREE: other.root,
      GIT_OBJECT_DIRECTORY: join(other.commonDir, 'objects'),
      GIT_NAMESPACE: 'x',
      GIT_PREFIX: 'src/',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_QUARANTINE_PATH: '/nowhere',
      GIT_REFLOG_ACTION: 'odd',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_TRACE: join(other.root, 'trace'),
    };
    const one = await worksFrom(root, 'one', { env });
    commitIn(one, 'a.txt', 'a\n');
    await must(root, ['parallel', 'remove', 'one', '--strategy', 'merge'], env);
    await must(root, ['parallel', 'restore', 'one'], env);
    expect(fingerprint(other.root)).toEqual(before);
    expect(gitIn(root, 'log', '-1', '--format=%s')).toBe('change a.txt');
  });

  test('called from a hook of this repository', async () => {
    const { root, commonDir } = makeRepo();
    const program = join(import.meta.dirname, '../../dist/main.js');
    const hook = join(commonDir, 'hooks', 'post-commit');
    mkdirSync(join(commonDir, 'hooks'), { recursive: true });
    const line = `"${process.execPath}" "${program}" parallel create hooked --json > out.json 2>&1`;
    writeFileSync(hook, `#!/bin/sh\n[ -f out.json ] || ${line}\n`);
    chmodSync(hook, 0o755);
    commitIn(root, 'a.txt', 'a\n');
    expect(JSON.parse(readFileSync(join(root, 'out.json'), 'utf8'))).toMatchObject({ ok: true });
    await must(root, ['parallel', 'status', 'hooked']);
  });

  test('of an outer session are no answer to anything', async () => {
    const { root } = makeRepo();
    const env = {
      FLIGHT_RULES_SESSION: 'other',
      FLIGHT_RULES_WORKTREE: '/nowhere',
      FLIGHT_RULES_BRANCH: 'other',
      FLIGHT_RULES_BASE: 'other',
      FLIGHT_RULES_PROJECT_ROOT: '/nowhere',
      FLIGHT_RULES_PORT: 'x',
      FLIGHT_RULES_OPERATION: 'stale',
      FLIGHT_RULES_FAULT: 'create.refs:after=kill',
    };
    await worksFrom(root, 'one', { env });
  });

  test('without HOME, in an odd time zone, without a usable temporary folder', async () => {
    const { root } = makeRepo();
    const env = { HOME: '', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', TZ: 'Asia/Kathmandu' };
    const one = await worksFrom(root, 'one', { env });
    commitIn(one, 'a.txt', 'a\n');
    commitIn(root, 'b.txt', 'b\n');
    const status = await must(root, ['parallel', 'status'], { ...env, TMPDIR: '/nowhere' });
    // merging to see whether it has landed needs a place: unknown, and not an error
    expect(status.at('data.sessions.0')).toMatchObject({ name: 'one', landed: null });
    expect(status.text('data.sessions.0.startedAt')).toMatch(/Z$/u);
    await must(root, ['parallel', 'create', 'two'], { ...env, TMPDIR: '/nowhere' });
  });
});

describe('configuration of the user', () => {
  const odd: readonly (readonly [string, string])[] = [
    ['status.showUntrackedFiles', 'no'],
    ['status.short', 'true'],
    ['merge.ff', 'only'],
    ['pull.rebase', 'true'],
    ['commit.gpgsign', 'true'],
    ['gpg.program', '/no/such/gpg'],
    ['color.ui', 'always'],
    ['core.autocrlf', 'true'],
    ['core.fsmonitor', 'true'],
    ['core.untrackedCache', 'true'],
    ['core.quotePath', 'true'],
    ['core.logAllRefUpdates', 'false'],
    ['branch.autoSetupMerge', 'always'],
    ['branch.autoSetupRebase', 'always'],
    ['checkout.defaultRemote', 'origin'],
    ['checkout.guess', 'true'],
    ['worktree.guessRemote', 'true'],
    ['extensions.worktreeConfig', 'true'],
    ['submodule.recurse', 'true'],
    ['diff.external', '/bin/false'],
    ['diff.noprefix', 'true'],
    ['log.showSignature', 'true'],
    ['core.pager', 'false'],
    ['core.editor', 'false'],
    ['help.autocorrect', 'prompt'],
    ['transfer.hideRefs', 'refs/flight-rules'],
    ['core.splitIndex', 'true'],
    ['index.version', '4'],
    ['feature.manyFiles', 'true'],
    ['maintenance.auto', 'true'],
    ['gc.auto', '1'],
    ['core.sharedRepository', 'group'],
    ['receive.denyCurrentBranch', 'refuse'],
    ['advice.detachedHead', 'false'],
  ];

  test('all of it at once makes no difference', async () => {
    const origin = makeRepo();
    origin.git('branch', 'session/one');
    const root = join(temporaryFolder(), 'project');
    gitIn(origin.root, 'clone', '-q', origin.root, root);
    commitIn(root, 'a.txt', 'a\r\n');
    for (const [key, value] of odd) gitIn(root, 'config', key, value);
    writeIn(root, 'new.txt', 'n\n');
    // a section that a removed session of that name has left
    gitIn(root, 'config', 'branch.session/one.remote', 'origin');
    gitIn(root, 'config', 'branch.session/one.merge', 'refs/heads/elsewhere');
    const created = await must(root, ['parallel', 'create', 'one', '--goal', 'x']);
    expect(created.at('warnings')).toMatchObject([{ code: 'untracked-in-main' }]);
    const one = created.text('data.session.worktree');
    expect(gitIn(root, 'config', '--default', '', '--get', 'branch.session/one.merge')).toBe('');
    const status = await must(root, ['parallel', 'status', 'one']);
    expect(status.at('data.sessions.0')).toMatchObject({
      health: 'ok',
      changes: { staged: 0, modified: 0, untracked: 0, conflicted: 0 },
    });
    expect(status.at('data.main')).toMatchObject({ branch: 'main', dirty: false, untracked: 1 });
    writeIn(one, 'b.txt', 'b\n');
    const dirty = await must(one, ['parallel', 'status']);
    expect(dirty.at('data.sessions.0.changes.untracked')).toBe(1);
    expect((await say(one, ['parallel', 'path', 'one'])).stdout).toBe(`${one}\n`);
    await must(root, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
    await must(root, ['parallel', 'restore', 'one']);
    expect(readFileSync(join(one, 'b.txt'), 'utf8')).toBe('b\n');
  });

  test('broken configuration of git is named, by the command that meets it', async () => {
    const { root, commonDir } = makeRepo();
    writeFileSync(join(commonDir, 'config'), '[core\n');
    const before = fingerprint(root);
    const reply = await ask(root, ['parallel', 'create', 'one']);
    expect([1, 3]).toContain(reply.exit);
    expect(reply.stdout).toContain('config');
    expect(fingerprint(root)).toEqual(before);
  });
});

describe('the post-checkout hook', () => {
  const script = (body: string): string => `#!/bin/sh\n${body}\n`;
  const record = `printf '%s\\n' "$@" "$(pwd -P)" "\${GIT_DIR-unset}" "\${GIT_INDEX_FILE-unset}" > "$OUT"`;

  const hookIn = (folder: string, body: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'post-checkout'), script(body));
    chmodSync(join(folder, 'post-checkout'), 0o755);
  };

  test.each([
    ['in the git directory', '.git/hooks', null],
    ['by a relative core.hooksPath', 'tools/hooks', 'tools/hooks'],
    ['by an absolute core.hooksPath', 'tools/hooks', 'absolute'],
    ['by a core.hooksPath in the home', 'home', '~/hooks-of-user'],
  ])('runs as for git worktree add: %s', async (_, folder, configured) => {
    const { root, git } = makeRepo();
    const out = join(temporaryFolder(), 'out');
    const place =
      folder === 'home' ? join(process.env['HOME'] ?? '', 'hooks-of-user') : join(root, folder);
    hookIn(place, record);
    if (configured !== null)
      git('config', 'core.hooksPath', configured === 'absolute' ? place : configured);
    writeIn(root, '.git/info/exclude', 'tools\n');
    // inside a hook of somebody else these are set
    const env = { OUT: out, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere' };
    const one = await worksFrom(root, 'one', { env });
    const head = git('rev-parse', 'main');
    const expected = ['0'.repeat(40), head, '1', one, 'unset', 'unset', ''];
    expect(readFileSync(out, 'utf8').split('\n')).toEqual(expected);
    git('worktree', 'remove', '--force', one);
  });

  test('failing: so does create, what it wrote is in the trash, and the name is free', async () => {
    const { root } = makeRepo();
    hookIn(join(root, '.git/hooks'), 'echo made > made.txt; echo why not >&2; exit 3');
    const reply = await ask(root, ['parallel', 'create', 'one']);
    expect(reply.exit).toBe(1);
    expect(reply.at('error')).toMatchObject({ code: 'hook-failed' });
    expect(reply.text('error.message')).toContain('why not');
    expect(gitIn(root, 'for-each-ref', 'refs/heads/session', 'refs/flight-rules/sessions')).toBe(
      '',
    );
    expect(gitIn(root, 'worktree', 'list', '--porcelain')).not.toContain('one');
    const list = await must(root, ['parallel', 'restore', '--list']);
    expect(list.at('data.entries')).toMatchObject([{ name: 'one', hasWorktree: true }]);
    hookIn(join(root, '.git/hooks'), 'exit 0');
    await worksFrom(root, 'one');
  });

  test('hanging: a signal to us ends it, and everything is taken back', async () => {
    const { root } = makeRepo();
    hookIn(join(root, '.git/hooks'), `echo here > here.txt; kill -TERM "$FR"; sleep 600`);
    const program = join(import.meta.dirname, '../../dist/main.js');
    const { start } = await import('../support/cli.ts');
    const line = `FR=$$ exec "${process.execPath}" "${program}" parallel create one --json`;
    const ended = await start('sh', ['-c', line], { cwd: root });
    expect(ended.exit).toBe(143);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'interrupted' } });
    expect(gitIn(root, 'for-each-ref', 'refs/heads/session', 'refs/flight-rules/sessions')).toBe(
      '',
    );
    hookIn(join(root, '.git/hooks'), 'exit 0');
    await worksFrom(root, 'one');
  });

  test('that is not executable does not run', async () => {
    const { root } = makeRepo();
    hookIn(join(root, '.git/hooks'), 'exit 1');
    chmodSync(join(root, '.git/hooks/post-checkout'), 0o644);
    await worksFrom(root, 'one');
  });
});
