// Every text is either refused as a name, with exit 2 and the rule, or makes a session that is
// shown and leaves without a trace.
import * as fc from 'fast-check';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brokenNameRule, suggestName } from '../../src/sessions/name.ts';
import { ask, must } from '../support/program.ts';
import { gitIn, makeRepo } from '../support/repo.ts';

const nasty = [
  '',
  '.',
  '..',
  '-',
  '/',
  '\\',
  '~',
  '^',
  ':',
  '@{',
  ' ',
  '\n',
  '\t',
  '.lock',
  'HEAD',
  'é',
  '*',
  '$(x)',
  '`x`',
  '"',
  "'",
  '--help',
  '-C',
  'nul',
  'refs',
  '%',
  '\u202e',
  '👾',
  'Ⅸ',
];
const text = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc
        .array(fc.constantFrom(...nasty, 'a', 'B', '7', '_', '.', '-'), { maxLength: 6 })
        .map((all) => all.join('')),
    },
    { weight: 2, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/) },
    { weight: 1, arbitrary: fc.string({ maxLength: 150, unit: 'binary' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'HEAD',
        'main',
        'con',
        'aux.txt',
        'x'.repeat(100),
        'x'.repeat(101),
        'a.lock',
        '@',
        '0',
        '__proto__',
        'constructor',
      ),
    },
  )
  .filter((name) => !name.includes('\0'));

describe('names', () => {
  test('a name that keeps the rules is one git takes as a branch', () => {
    const { root } = makeRepo();
    const names: string[] = [];
    fc.assert(
      fc.property(text, (name) => {
        if (brokenNameRule(name) === null) names.push(name);
      }),
      { numRuns: 3_000 },
    );
    expect(names.length).toBeGreaterThan(100);
    for (const name of new Set(names.slice(0, 60))) {
      expect(gitIn(root, 'check-ref-format', '--branch', `session/${name}`)).toBe(
        `session/${name}`,
      );
    }
  });

  test('a suggestion keeps the rules', () => {
    fc.assert(
      fc.property(text, (name) => {
        const suggested = suggestName(name);
        expect(suggested === null ? null : brokenNameRule(suggested)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test('refused with exit 2 and the rule, or created, shown and removed', async () => {
    const { root } = makeRepo();
    const refs = gitIn(root, 'for-each-ref', 'refs/heads', 'refs/flight-rules/sessions');
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        const rule = brokenNameRule(name);
        const created = await ask(root, ['parallel', 'create', '--', name]);
        if (rule !== null) {
          return created.exit === 2 && created.text('error.message').includes(rule);
        }
        const shown = await must(root, ['parallel', 'status', name]);
        await must(root, ['parallel', 'remove', name, '--strategy', 'abandon', '--yes']);
        return (
          shown.at('data.sessions.0.name') === name &&
          shown.at('data.sessions.0.health') === 'ok' &&
          !existsSync(created.text('data.session.worktree')) &&
          gitIn(root, 'for-each-ref', 'refs/heads', 'refs/flight-rules/sessions') === refs
        );
      }),
      { numRuns: 10 },
    );
    expect(gitIn(root, 'for-each-ref', 'refs/heads', 'refs/flight-rules/sessions')).toBe(refs);
  });
});
