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

test.each(pages)('links of %s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [...text.matchAll(/\]\((?<to>[^)#\s]+)(?:#[^)]*)?\)/gu)]
    .map(({ groups }) => groups?.['to'] ?? '')
    .filter((to) => !/^[a-z]+:/u.test(to));
  const broken = links.filter((to) => !existsSync(join(root, dirname(page), to)));
  expect(broken).toEqual([]);
});
