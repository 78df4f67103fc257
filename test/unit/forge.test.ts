import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forgesOf } from '../../src/forge/forge.ts';
import {
  fitBody,
  fitTitle,
  parsePullRequestUrl,
  printedPullRequest,
} from '../../src/forge/pull-request.ts';
import { baseThere, chooseRemote, remoteNames } from '../../src/forge/remote.ts';
import { parseAddress, withoutCredentials } from '../../src/forge/url.ts';
import { parseConfig } from '../../src/git/config.ts';

test.each([
  ['https://github.com/o/r.git', 'github.com', 'o'],
  ['https://user:s3cret@GitHub.com:8443/o/r', 'github.com', 'o'],
  ['https://t@ken@host.example/o/r', 'host.example', 'o'],
  ['ssh://git@gitlab.example:2222/group/sub/r.git', 'gitlab.example', 'group'],
  ['ssh://git@ssh.github.com:443/o/r.git', 'github.com', 'o'],
  ['git@github.com:o/r.git', 'github.com', 'o'],
  ['github-work:o/r', 'github-work', 'o'],
  ['https://[::1]:80/o/r', '[::1]', 'o'],
  ['https://github.com', 'github.com', null],
  ['file:///srv/git/r.git', null, null],
  ['/srv/git/r.git', null, null],
  ['../r.git', null, null],
  ['./a:b/c', null, null],
  ['C:\\git\\r', null, null],
  ['', null, null],
])('%s is on host %s of %s', (url, host, owner) => {
  expect(parseAddress(url)).toEqual({ host, owner });
});

test('nothing of a password or a token is shown', () => {
  const url = 'https://deploy:gl%70at-s3cret@gitlab.example/o/r.git';
  const said = `fatal: unable to access '${url}/': 403 (glpat-s3cret, gl%70at-s3cret)`;
  const shown = withoutCredentials(said, url);
  expect(shown).toBe("fatal: unable to access 'https://gitlab.example/o/r.git/': 403 (***, ***)");
  const token = 'https://ghp_0123456789@github.com/o/r';
  expect(withoutCredentials(`To ${token}\nghp_0123456789`, token)).toBe(
    'To https://github.com/o/r\n***',
  );
});

test('a short user name does not tear holes into sentences', () => {
  expect(withoutCredentials('git said: not found', 'ssh://git@host/o/r')).toBe(
    'git said: not found',
  );
});

test.each([
  ['github.com', ['gh']],
  ['github.company.example', ['gh']],
  ['gitlab.com', ['glab']],
  ['code.company.example', ['gh', 'glab']],
  [null, ['gh', 'glab']],
])('for %s there is %j', (host, programs) => {
  expect(forgesOf(host)).toEqual(programs);
});

describe('the remote', () => {
  // as git lists it: section and name in lower case
  const config = (...lines: readonly string[]) =>
    parseConfig(lines.map((line) => line.replace('=', '\n')));

  test('names may hold dots and spaces', () => {
    const names = remoteNames(
      config('remote.a.b.url=x', 'remote.my fork.pushurl=y', 'remote.gone.fetch=z'),
    );
    expect(names).toEqual(['a.b', 'my fork']);
  });

  test.each([
    ['the only one', [], ['solo'], 'solo'],
    ['origin of several', [], ['a', 'origin'], 'origin'],
    ['none of several', [], ['a', 'b'], null],
    ['none at all', [], [], null],
    ["the base's own", ['branch.main.remote=a'], ['a', 'origin'], 'a'],
    ['not an address', ['branch.main.remote=.'], ['a', 'origin'], 'origin'],
    [
      'where pushes go by default',
      ['remote.pushdefault=b', 'branch.main.remote=a'],
      ['a', 'b'],
      'b',
    ],
    ['not one that is gone', ['remote.pushdefault=c'], ['a'], 'a'],
  ])('is %s', (_what, lines, remotes, chosen) => {
    expect(chooseRemote(config(...lines), remotes, 'main')).toBe(chosen);
  });

  test('may call the base something else', () => {
    const lines = ['branch.main.remote=origin', 'branch.main.merge=refs/heads/trunk'];
    expect(baseThere(config(...lines), 'origin', 'main')).toBe('trunk');
    expect(baseThere(config(...lines), 'fork', 'main')).toBe('main');
    expect(baseThere(config(), 'origin', 'main')).toBe('main');
  });
});

describe('the address of a pull request', () => {
  test.each([
    ['https://github.com/o/r/pull/7', 7],
    ['https://gitlab.example/g/s/r/-/merge_requests/12', 12],
  ])('%s', (url, number) => {
    expect(parsePullRequestUrl(url)).toEqual({ url, number });
  });

  test.each([
    '',
    'https://github.com/o/r',
    'https://github.com/o/r/issues/7',
    'https://github.com/o/r/pull/7/files',
    'https://user@evil.invalid/o/r/pull/7',
    'javascript:alert(1)/pull/7',
    'see https://github.com/o/r/pull/7',
  ])('is not %j', (text) => {
    expect(parsePullRequestUrl(text)).toBeNull();
  });

  test('is found among other lines, and not inside a title', () => {
    const stdout =
      '\nCreating merge request\n\n!5 see https://evil.invalid/x/pull/9 (b)\n https://gitlab.example/o/r/-/merge_requests/5\n\n';
    expect(printedPullRequest(stdout)?.url).toBe('https://gitlab.example/o/r/-/merge_requests/5');
    expect(printedPullRequest('!5 https://evil.invalid/x/pull/9 (b)\n')).toBeNull();
  });
});

test('a title is one line that fits', () => {
  expect(fitTitle(' a\r\nb\u2028c\0 ', 'x')).toBe('a b c');
  expect(fitTitle('\n', 'session/x')).toBe('session/x');
  expect(fitTitle('--repo=evil', 'x')).toBe('--repo=evil');
  expect(Array.from(fitTitle('é'.repeat(300), 'x'))).toHaveLength(255);
});

test('a body fits, whatever is in it, and says when it was cut', () => {
  expect(fitBody('short\0', 100)).toBe('short');
  const cut = fitBody('line\n'.repeat(100), 200);
  expect(cut).toMatch(/line\n\n\(Shortened: /u);
  assert(
    property(string({ unit: 'grapheme', minLength: 60, maxLength: 400 }), (text) => {
      expect(Buffer.byteLength(fitBody(text, 120))).toBeLessThanOrEqual(120);
    }),
  );
});
