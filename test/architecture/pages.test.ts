// Pages lead somewhere: each link to a file of this repository names one that is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

test('the list of decisions has each of them, numbered without gaps', () => {
  const folder = join(root, 'docs/adr');
  const list = readFileSync(join(folder, 'README.md'), 'utf8');
  const files = readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .toSorted();
  files.forEach((name, at) => {
    const [title = ''] = readFileSync(join(folder, name), 'utf8').split('\n');
    expect([name.slice(0, 4), title]).toEqual([
      String(at + 1).padStart(4, '0'),
      expect.stringMatching(new RegExp(`^# ${at + 1}\\. `, 'u')) as unknown,
    ]);
    expect(list).toContain(`${title.slice(2).replace('. ', '. [')}](${name})`);
  });
});

test.each(pages)('links of %s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [...text.matchAll(/\]\((?<to>[^)#\s]+)(?:#[^)]*)?\)/gu)]
    .map(({ groups }) => groups?.['to'] ?? '')
    .filter((to) => !/^[a-z]+:/u.test(to));
  const broken = links.filter((to) => !existsSync(join(root, dirname(page), to)));
  expect(broken).toEqual([]);
});
