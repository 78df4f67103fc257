import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { expect, inject, test } from 'vitest';

test('tests see their own home and their own git configuration', () => {
  const list = execFileSync('git', ['config', '--list', '--show-origin', '--name-only'], {
    cwd: inject('runHome'),
    encoding: 'utf8',
  });
  const origins = new Set(list.split('\n').map((line) => line.split('\t')[0]));
  origins.delete('');
  expect([...origins]).toEqual([`file:${inject('runHome')}/gitconfig`]);
  expect(homedir()).toBe(inject('runHome'));
});

test('no git variable but the two that point at the test configuration is set', () => {
  const names = Object.keys(process.env).filter((name) => name.startsWith('GIT_'));
  expect(names.toSorted()).toEqual(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM']);
});

test('what the build defines is defined in tests too', () => {
  expect(__VERSION__).toMatch(/^\d+\.\d+\.\d+/);
  expect(__FAULTS__).toBe(true);
});
