// Many merges in few processes: what one of them does to the others.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergeMany } from '../../src/git/merge-many.ts';
import { oid, type Oid } from '../../src/git/oid.ts';
import { ended, pidIn } from '../support/processes.ts';
import { smallRepository } from '../support/small-repository.ts';

test('a merge driver that hangs is ended, and what it was asked for is unknown', async () => {
  const { root, folder, git, port } = await smallRepository();
  const pid = join(folder, 'pid');
  await git('config', 'merge.hangs.driver', `echo $$ > '${pid}'; sleep 600`);
  writeFileSync(join(root, '.gitattributes'), 'slow merge=hangs\n');
  writeFileSync(join(root, 'slow'), 'first\n');
  await git('add', '.');
  await git('commit', '-q', '-m', 'files');
  const side = async (name: string): Promise<Oid> => {
    await git('checkout', '-q', '-b', name, 'master');
    writeFileSync(join(root, 'slow'), `${name}\n`);
    await git('commit', '-q', '-a', '-m', name);
    return oid(await git('rev-parse', 'HEAD'));
  };
  await git('branch', '-M', 'master');
  const [ours, theirs] = [await side('ours'), await side('theirs')];
  const room = { cwd: root, settings: [], version: '2.39.0', limitMs: 400 };
  const asked = [
    { ours, theirs },
    { ours, theirs: ours },
  ];
  const late = { kind: 'unknown', why: 'merging took too long, maybe in a merge driver' };
  expect(await mergeMany(port, room, asked)).toEqual([late, late]);
  expect(await ended(await pidIn(pid))).toBe(true);
});
