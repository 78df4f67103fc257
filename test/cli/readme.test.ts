// What the pages tell people to type is typed here: each block after `<!-- run -->`, in order, in
// one repository per page.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { releasedProgram } from '../support/cli.ts';
import { start } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function blocks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/<!-- run -->\n+```sh\n(?<block>[\s\S]*?)```/gu)].map(
    ({ groups }) => groups?.['block'] ?? '',
  );
}

describe.each([
  ['README.md', 4],
  ['docs/json.md', 1],
])('%s', (page, many) => {
  test('its examples run', async () => {
    const folder = realpathSync(mkdtempSync(join(inject('runHome'), 'page-')));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const program = join(bin, 'flight-rules');
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${releasedProgram}" "$@"\n`);
    chmodSync(program, 0o755);
    const project = join(folder, 'project');
    execFileSync('git', ['init', '-q', '-b', 'main', project]);
    execFileSync('git', ['-C', project, 'commit', '-q', '--allow-empty', '-m', 'first']);
    const all = blocks(page);
    expect(all).toHaveLength(many);
    for (const block of all) {
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const ended = await start('sh', ['-eu', '-c', block], { cwd: project, env });
      expect({ block, ...ended }).toMatchObject({ block, exit: 0 });
    }
  });
});
