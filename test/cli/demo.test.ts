// The demo: true to its word, leaves nothing, and fails when something is not as it says.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { lookUpProgram } from '../../src/git/git.ts';
import { cli, json, releasedProgram as main } from '../support/cli.ts';

/** A home, a temporary folder and git settings that would stop any commit. */
let place: {
  readonly home: string;
  readonly temporary: string;
  readonly env: Record<string, string>;
};

beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(inject('runHome'), 'demo-')));
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  mkdirSync(join(home, 'hooks'), { recursive: true });
  mkdirSync(temporary);
  const hook = join(home, 'hooks', 'pre-commit');
  writeFileSync(hook, '#!/bin/sh\nexit 1\n');
  chmodSync(hook, 0o755);
  const settings = `[commit]\n\tgpgSign = true\n[core]\n\thooksPath = ${join(home, 'hooks')}\n[init]\n\tdefaultBranch = trunk\n`;
  writeFileSync(join(home, '.gitconfig'), settings);
  const env = {
    HOME: home,
    TMPDIR: temporary,
    XDG_CONFIG_HOME: join(home, 'xdg'),
    XDG_STATE_HOME: join(home, 'xdg'),
    XDG_CACHE_HOME: join(home, 'xdg'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_DIR: join(home, 'nowhere'),
    GIT_AUTHOR_NAME: '',
  };
  place = { home, temporary, env };
});

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** A git that does as told but for `lie`, a line of shell that sees its arguments. */
function lyingGit(lie: string): string {
  const bin = join(dirname(place.home), 'bin');
  mkdirSync(bin);
  const real = lookUpProgram('git', process.env['PATH'] ?? '') ?? 'git';
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${lie}\nexec ${real} "$@"\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return bin;
}

describe('the demo', () => {
  test('tells the story, and leaves nothing behind', async () => {
    const before = files(place.home);
    const ended = await cli(main, ['demo'], { env: place.env });
    expect(ended).toMatchObject({ exit: 0 });
    for (const told of ['1/9', '9/9', 'rm -rf', 'parallel restore auth-tokens']) {
      expect(ended.stderr).toContain(told);
    }
    expect(ended.stdout).toContain('! billing-export   ORPHANED');
    expect(ended.stdout).toContain('All 9 steps went as told');
    expect(files(place.temporary)).toEqual([]);
    expect(files(place.home)).toEqual(before);
  });

  test('is one line of data for a program; --keep leaves the folder and says where it is', async () => {
    const ended = await cli(main, ['demo', '--keep', '--json'], { env: place.env });
    expect(ended).toMatchObject({ exit: 0, stderr: '' });
    const { data } = json(ended) as { data: { steps: { saw: string[] }[]; folder: string } };
    expect(data.steps).toHaveLength(9);
    expect(data.steps.every(({ saw }) => saw.length > 0)).toBe(true);
    expect(dirname(data.folder)).toBe(place.temporary);
    expect(files(join(data.folder, 'my-project-sessions'))).toContain('auth-tokens/draft.txt');
  });

  test('without git it fails', async () => {
    const ended = await cli(main, ['demo', '--json'], { env: { ...place.env, PATH: '/nowhere' } });
    expect(ended.exit).toBe(1);
    expect(json(ended)).toMatchObject({ ok: false, error: { code: 'git-missing' } });
    expect(files(place.temporary)).toEqual([]);
  });

  test('a claim that is wrong ends it with exit 1, naming what was expected and what was seen', async () => {
    // commits that say they were made and were not
    const bin = lyingGit('case "$PWD $*" in *-sessions/*" commit "*) exit 0;; esac');
    const path = `${bin}:${process.env['PATH'] ?? ''}`;
    const ended = await cli(main, ['demo', '--json'], { env: { ...place.env, PATH: path } });
    expect(ended.exit).toBe(1);
    expect(json(ended)).toMatchObject({
      error: {
        code: 'demo-failed',
        data: {
          step: 'Each works and commits in its own folder',
          expected: 'the commits of the sessions to be ["2","2","1"]',
          saw: '["0","0","0"]',
        },
      },
    });
    expect(files(place.temporary)).toEqual([]);
  });

  test('Ctrl-C takes the folder away too', async () => {
    let sent = false;
    const ended = await cli(main, ['demo'], {
      env: place.env,
      onStderr: (text, child) => {
        // once: the second one ends it at once
        if (!sent && text.includes('2/9')) sent = child.kill('SIGINT');
      },
    });
    expect(ended.exit).toBe(130);
    expect(files(place.temporary)).toEqual([]);
  });
});
