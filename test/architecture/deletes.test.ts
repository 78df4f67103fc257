// docs/what-can-flight-rules-delete.md is complete: each file of the program that takes something
// away, moves it or writes over it is named there, and no other.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { strip } from './source.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Calls, of node and of our own, that take files away or move them. */
const files =
  /\b(?:rm|unlink|rmdir|rename|truncate|cp|deleteDirectory|moveDirectory|removeFile)(?:Sync)?\s*\(/u;

/** What git is told that takes refs away, moves them, or writes over files, index or settings. */
const git =
  /'(?:reset|read-tree|checkout-index|checkout|update-index|--ff-only|--replace-all|--unset|-D|prune|gc|stash)'|'symbolic-ref', 'HEAD', |permit(?:Ref|Directory)\(|kind: 'delete', permit|to: null\b|'config', '--file'|'--remove-section'|, 'unlock'\)|`delete \$\{/u;

/** The sources of the program; the pages that are generated are not part of it. */
function programFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path.split(sep).join('/')}`)
    .filter((path) => !path.startsWith('src/faces/reference/'));
}

function codeOf(path: string): ReturnType<typeof strip> {
  return strip(readFileSync(join(root, path), 'utf8'));
}

test('every place that deletes, moves or overwrites is on the page', () => {
  const found = programFiles().filter((path) => {
    const { code, bare } = codeOf(path);
    return files.test(bare) || git.test(code);
  });
  const page = readFileSync(join(root, 'docs/what-can-flight-rules-delete.md'), 'utf8');
  const named = new Set([...page.matchAll(/`(?<path>src\/[\w/-]+\.ts)`/gu)].map((m) => m[1]));
  const listed = [...named].map(String);
  expect(listed.toSorted()).toEqual(found.toSorted());
});

test('git is never told to use force', () => {
  const forced =
    /'(?:--force|--force-with-lease|-D|--discard-changes|prune|stash|clean -f)'|'worktree',\s*'(?:remove|prune|repair)'/u;
  const found = programFiles()
    // operations start no git; `cleanup --force` is a spelling of --yes
    .filter((path) => !path.startsWith('src/operations/'))
    .filter((path) => forced.test(codeOf(path).code));
  // marks an ignored file as to be added, which takes nothing away
  expect(found).toEqual(['src/git/add-intent.ts']);
});

test('every test that the page names exists', () => {
  const page = readFileSync(join(root, 'docs/what-can-flight-rules-delete.md'), 'utf8');
  const architecture = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
  const named = [...`${page}${architecture}`.matchAll(/`(?<path>test\/[\w/-]+\.test\.ts)`/gu)];
  expect(named.length).toBeGreaterThan(10);
  for (const { groups } of named) {
    expect(() => readFileSync(join(root, groups?.['path'] ?? ''))).not.toThrow();
  }
});
