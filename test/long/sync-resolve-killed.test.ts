// Conflicts that were left, killed on the way. Every point: test/long/crash-resolve.test.ts.
import { expect, test } from 'vitest';
import { hookOf, killInside, killWay, pointsOf, prepare, ways } from '../crash/sweep/resolving.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();
const limit = 300_000;
const [merge, , mergeGivenUp, , rebaseConcluded] = ways;

test(
  'a merge that is given up, killed in the middle: nothing that was typed is lost',
  async () => {
    if (mergeGivenUp === undefined) throw new Error('no way');
    const points = await pointsOf(world, mergeGivenUp);
    const found: string[] = [];
    for (const point of ['sync.pin:after#1', 'sync.back-tree:after#1']) {
      expect(points).toContain(point);
      found.push(...(await killWay(world, mergeGivenUp, point)));
    }
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'killed together with git while files are written: taken back',
  async () => {
    if (merge === undefined) throw new Error('no way');
    await prepare(world, merge);
    // a filter runs in the middle of writing the files
    world.write('project/.git/info/attributes', 'new/* filter=deadly\n');
    world.git(['config', 'filter.deadly.clean', 'cat']);
    world.keep('resolving');
    const arm = (script: string): void => {
      const text = script === 'cat' ? 'cat' : 'sh "$(git rev-parse --git-common-dir)/deadly"; cat';
      world.write('project/.git/deadly', `${script}\n`);
      world.git(['config', 'filter.deadly.smudge', text]);
    };
    expect(await killInside(world, merge, 1, arm)).toEqual([]);
  },
  limit,
);

test(
  'killed in a hook of a rebase that goes on: it can be given up or gone on with',
  async () => {
    if (rebaseConcluded === undefined) throw new Error('no way');
    await prepare(world, rebaseConcluded);
    const arm = hookOf(world, 'prepare-commit-msg');
    expect(await killInside(world, rebaseConcluded, 2, arm)).toEqual([]);
  },
  limit,
);
