// The argument lines against the help of the real programs, where they are installed.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ghArguments } from '../../src/forge/gh.ts';
import { glabArguments } from '../../src/forge/glab.ts';
import { lookUpProgram } from '../../src/git/git.ts';

const draft = { branch: 'b', head: 'b', base: 'm', title: 't', body: 'x', draft: true };
const programs = [
  {
    name: 'gh',
    lines: [ghArguments.status('h'), ghArguments.list('b'), ghArguments.create(draft)],
  },
  {
    name: 'glab',
    lines: [glabArguments.status('h'), glabArguments.list('b'), glabArguments.create(draft)],
  },
];

describe.each(programs)('$name', ({ name, lines }) => {
  const path = lookUpProgram(name, process.env['PATH'] ?? '');
  const when = path === null ? `${name} is not installed: not compared` : 'compared';

  test.runIf(path !== null).each(lines.map((line) => [line.slice(0, 2).join(' '), line] as const))(
    `knows each flag of %s (${when})`,
    (_command, line) => {
      const help = execFileSync(path ?? name, [...line.slice(0, 2), '--help'], {
        encoding: 'utf8',
      });
      const flags = line.slice(2).map((argument) => argument.split('=')[0] ?? '');
      const known = new Set(help.match(/(?<![\w-])--[\w-]+/gu));
      expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
      expect(flags.every((flag) => flag.startsWith('--'))).toBe(true);
    },
  );
});
