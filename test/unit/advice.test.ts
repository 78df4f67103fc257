// What is proposed does what it says: hints of conflicts and of sessions that were sent back.
import { describe as group, expect, test } from 'vitest';
import { describe, FlightError, wholeMessage } from '../../src/kernel/errors.ts';
import { wayOn } from '../../src/operations/status/sent-back.ts';
import type { Looked } from '../../src/operations/status/sessions.ts';

const conflicted = { name: 'auth', base: 'main', paths: ['a.ts'] };

function hintsOf(error: FlightError): string[] {
  return describe(error).hints.map((hint) => ('args' in hint ? hint.args : hint.argv).join(' '));
}

group('a sync that conflicts', () => {
  const about = { skipped: [], done: [] };

  test('leaves the conflicts to be resolved, in the same shape', () => {
    const data = { ...about, conflicted: [conflicted], shape: 'rebase' } as const;
    expect(hintsOf(new FlightError('sync-conflicts', data))).toEqual([
      'parallel sync auth --rebase --leave-conflicts',
    ]);
  });

  test('beside work that is not committed: that comes first', () => {
    const dirty = { ...conflicted, dirtyWorktree: '/s/auth' };
    const data = { ...about, conflicted: [dirty], shape: 'merge' } as const;
    expect(hintsOf(new FlightError('sync-conflicts', data))).toEqual([
      'git -C /s/auth status',
      'parallel sync auth --leave-conflicts',
    ]);
  });
});

test('a merge that conflicts: another way home ends the session as this one was to', () => {
  const ways = (end?: readonly ['dev-session', 'end']) =>
    hintsOf(
      new FlightError('conflicts', {
        ...conflicted,
        worktree: '/s/auth',
        ...(end === undefined ? {} : { end }),
      }),
    );
  expect(ways()).toEqual([
    'parallel sync auth --leave-conflicts',
    'parallel remove auth --strategy pr',
    'parallel remove auth --strategy keep',
  ]);
  expect(ways(['dev-session', 'end']).slice(1)).toEqual([
    'dev-session end auth --strategy pr',
    'dev-session end auth --strategy keep',
  ]);
});

test('of a queue each that was sent back is helped with, by its reason', () => {
  const sentBack = [
    { name: 'red', reason: 'red', message: 'It fails.' },
    { name: 'auth', reason: 'conflicts', message: 'It conflicts.' },
  ];
  const error = new FlightError('land-conflicts', { landed: [], sentBack, remaining: [] });
  expect(hintsOf(error)).toEqual(['parallel status red', 'parallel sync auth --leave-conflicts']);
});

test('a base that has got nothing new is not brought in', () => {
  const looked = (behind: number | null) =>
    ({ facts: { name: 'auth' }, behind }) as unknown as Looked;
  const back = { at: '', message: '' };
  const way = (reason: string, behind: number | null) => {
    const hint = wayOn(looked(behind), { ...back, reason });
    return 'args' in hint ? hint.args.join(' ') : '';
  };
  expect(way('red', 2)).toBe('parallel sync auth');
  expect(way('red', null)).toBe('parallel sync auth');
  expect(way('red', 0)).toBe('parallel status auth');
  expect(way('conflicts', 1)).toBe('parallel sync auth --leave-conflicts');
  expect(way('refused', 1)).toBe('parallel status auth');
});

test('in one text a list keeps its lines', () => {
  expect(wholeMessage({ message: 'In:\n  a.ts', safe: 'Safe.' })).toBe('In:\n  a.ts\nSafe.');
  expect(wholeMessage({ message: 'So.', safe: 'Safe.' })).toBe('So. Safe.');
});
