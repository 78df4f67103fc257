// The argument lines against the help of the real programs, where they are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ghArguments } from '../../src/forge/gh.ts';
import { ghViewArguments, ghViewFields } from '../../src/forge/gh-view.ts';
import { glabArguments } from '../../src/forge/glab.ts';
import { glabViewArguments } from '../../src/forge/glab-view.ts';
import { lookUpProgram } from '../../src/git/git.ts';

const draft = { branch: 'b', head: 'b', base: 'm', title: 't', body: 'x', draft: true };
const request = { number: 12, project: 'https://h/o/r', host: 'h', path: 'o/r' };
const programs = [
  {
    name: 'gh',
    lines: [
      ghArguments.status('h'),
      ghArguments.list('b'),
      ghArguments.create(draft),
      ghViewArguments('https://h/o/r/pull/7'),
    ],
  },
  {
    name: 'glab',
    lines: [
      glabArguments.status('h'),
      glabArguments.list('b'),
      glabArguments.create(draft),
      glabViewArguments.view(request),
      glabViewArguments.approvals(request),
    ],
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
      // what is shown is named by a number or an address
      const shown = line[1] === 'view' ? 3 : 2;
      const flags = line.slice(shown).map((argument) => argument.split('=')[0] ?? '');
      const known = new Set(help.match(/(?<![\w-])--[\w-]+/gu));
      expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
      expect(flags.every((flag) => flag.startsWith('--'))).toBe(true);
    },
  );
});

const realGh = lookUpProgram('gh', process.env['PATH'] ?? '');
const compared = realGh === null ? 'gh is not installed: not compared' : 'compared';

test.runIf(realGh !== null)(`gh can tell each field that is asked for (${compared})`, () => {
  // without a value it lists them, and needs no login for that
  const { stdout, stderr } = spawnSync(realGh ?? 'gh', ['pr', 'view', '--json'], {
    encoding: 'utf8',
  });
  const known = new Set(`${stdout}${stderr}`.split(/\s+/u));
  expect(ghViewFields.filter((field) => !known.has(field))).toEqual([]);
});
