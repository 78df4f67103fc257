// The text of a log: whatever goals say and whatever users do to it, sections stay apart.
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  completeSection,
  newLog,
  readLog,
  sections,
  type LogFacts,
} from '../../src/workflow/session-log.ts';

const template = readFileSync(new URL('../../templates/session-log.md', import.meta.url), 'utf8');
const oid = 'a'.repeat(40);

function facts(goals: readonly string[], parallel = true): LogFacts {
  const session = {
    name: 'auth',
    branch: 'session/auth',
    worktree: '/home/me/p-sessions/auth',
    base: { name: 'main', oid },
  };
  return { date: '2026-11-22', time: '14:03', goals, session: parallel ? session : null };
}

const nasty = fc
  .array(
    fc.constantFrom(
      '## Summary',
      '# x',
      '**Session:** other',
      '```',
      '````text',
      '~~~',
      '- ',
      '\n',
      '\r',
      '\r\n',
      '\u2028',
      '\u0000',
      '<!--',
      '-->',
      '$(rm -rf /)',
      '`x`',
      "'",
      '"',
      ' ',
      '\t',
      '[x]: http://x',
      '1. ',
      'é👾',
      '\ud800',
      'word',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(nasty, fc.string({ maxLength: 40, unit: 'binary' }));

describe('a new log', () => {
  test('has the header lines and the sections in their order', () => {
    const text = newLog(template, facts(['Sign tokens']));
    expect(text).toBe(
      [
        '# Session log 2026-11-22 14:03',
        '',
        '**Session:** auth',
        '**Branch:** session/auth',
        '**Worktree:** /home/me/p-sessions/auth',
        `**Base:** main (${oid})`,
        '',
        '## Goals',
        '',
        '- Sign tokens',
        '',
        '## Plan',
        '',
        '<!-- The approach and its steps, agreed on before work begins. -->',
        '',
        '## Summary',
        '',
        '## Commits',
        '',
        '## Files touched',
        '',
        '## Next steps',
        '',
      ].join('\n'),
    );
  });

  test('of a standard session has no header lines', () => {
    const text = newLog(template, facts(['Sign tokens'], false));
    expect(text).toContain(
      '# Session log 2026-11-22 14:03\n\n## Goals\n\n- Sign tokens\n\n## Plan',
    );
    expect(readLog(text)).toMatchObject({
      session: null,
      branch: null,
      worktree: null,
      base: null,
    });
  });

  test('is whole from any template, which can forge nothing', () => {
    const hostile = [
      '',
      '**Session:** forged\n# T\r\n',
      '## Next steps\n\n- forged\n\n## Goals\n- forged\n**Session:** x',
      '```\n## Goals\n',
      '# {{date}} {{goals}} {{session}} $& $1',
    ];
    for (const one of hostile) {
      const log = readLog(newLog(one, facts(['Real'])));
      expect(log).toMatchObject({ session: 'auth', base: `main (${oid})`, goals: ['Real'] });
      const titles = log.sections.map(({ title }) => title);
      expect(
        titles.filter((title) => (sections as readonly string[]).includes(title)).toSorted(),
      ).toEqual([...sections].toSorted());
    }
  });

  test('holds any goals exactly, which can be neither header nor section', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        (goals, end) => {
          const log = readLog(newLog(template.replaceAll('\n', end), facts(goals)));
          expect(log.goals).toEqual(goals);
          expect(log.session).toBe('auth');
          expect(log.sections.map(({ title }) => title)).toEqual(sections);
          expect(log.nextSteps).toEqual([]);
        },
      ),
    );
  });

  test('holds any worktree path exactly', () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ''),
        (worktree) => {
          const base = facts([]);
          const session = base.session === null ? null : { ...base.session, worktree };
          expect(readLog(newLog(template, { ...base, session })).worktree).toBe(worktree);
        },
      ),
    );
  });
});

describe('completing a section', () => {
  test('leaves every other byte as it is', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.constantFrom('\n', '\r\n'), (before, body, end) => {
        const log = `${before.replaceAll('#', '')}${end}## Goals${end}mine  ${end}## Summary${end}old${end}${end}## Mine${end}x `;
        const done = completeSection(log, 'Summary', body);
        const from = log.indexOf('## Summary') + '## Summary'.length + end.length;
        expect(done.slice(0, from)).toBe(log.slice(0, from));
        expect(done.endsWith(`## Mine${end}x `)).toBe(true);
        expect(readLog(done).sections.map(({ title }) => title)).toEqual([
          'Goals',
          'Summary',
          'Mine',
        ]);
        expect(completeSection(done, 'Summary', body)).toBe(done);
      }),
    );
  });

  test('a fence that was left open above is not closed by one of ours', () => {
    const log = '```\n## Goals\n\n## Summary\n\n## Next steps\n';
    const done = completeSection(log, 'Summary', '````sh\n# a comment\n````\nEnd.');
    expect(readLog(done).sections.map(({ title }) => title)).toEqual([
      'Goals',
      'Summary',
      'Next steps',
    ]);
    expect(done).toContain('    ````sh\n');
    expect(completeSection(done, 'Summary', '````sh\n# a comment\n````\nEnd.')).toBe(done);
  });

  test('adds a missing one at its place', () => {
    const done = completeSection('# T\n\n## Goals\n\n## Next steps\n\n- a', 'Commits', 'abc');
    expect(done).toBe('# T\n\n## Goals\n\n## Commits\n\nabc\n\n## Next steps\n\n- a');
  });
});

describe('next steps', () => {
  test('are read from logs that people write', () => {
    const read = (body: string): readonly string[] => readLog(body).nextSteps;
    expect(
      read('## Next Steps:\r\n\r\n1. One\r\n   more\r\n2. Two\r\n- [x] done\r\n* [ ] Three\r\n'),
    ).toEqual(['One more', 'Two', 'Three']);
    expect(read('# L\n### Next steps\nJust words\nhere.\n\nAnd more.\n## Other\n- no')).toEqual([
      'Just words here.',
      'And more.',
    ]);
    expect(read('## Next steps\n<!-- - hint -->\n')).toEqual([]);
  });

  test('a hostile log of a quarter of a megabyte is read at once', () => {
    const size = 256 * 1024;
    for (const part of [
      '```a\n',
      '<!--',
      '# ',
      '## a ##\n',
      ' ',
      '- \n',
      '**Base:** ',
      '~~~~\n```\n',
    ]) {
      const text = `## Next steps\n${part.repeat(size / part.length)}`;
      expect(readLog(text).session).toBeNull();
    }
  });
});
