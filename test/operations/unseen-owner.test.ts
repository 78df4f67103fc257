// An intent whose owner cannot be seen from here (another host, another container) keeps a session
// busy; the user's word, with exactly the owner's token, makes recovery take him for dead.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { currentOwner } from '../../src/kernel/owner.ts';
import { parseRecord, type Intent } from '../../src/sessions/record.ts';
import { creating, unseenOwner, writeRefIn } from '../support/foreign.ts';
import { ask, must, type Reply } from '../support/program.ts';
import { gitIn, makeRepo } from '../support/repo.ts';

const keep = ['parallel', 'remove', 'auth', '--strategy', 'keep'];
const create = ['parallel', 'create', 'auth'];

/** A session `auth` in whose record `intent` stands. */
async function begun(intent: Intent): Promise<string> {
  const { root } = makeRepo();
  await must(root, create);
  const ref = 'refs/flight-rules/sessions/auth';
  const read = parseRecord(Buffer.from(gitIn(root, 'cat-file', 'blob', ref)));
  if (read.kind === 'broken') throw new Error(read.why);
  writeRefIn(root, 'sessions/auth', { ...read.record, intent });
  return root;
}

const said = (reply: Reply): unknown[] => [reply.exit, reply.at('error.code')];

async function publishing(): Promise<Intent> {
  const owner = await unseenOwner();
  return { kind: 'publishing', owner, since: owner.since };
}

test('exit 7 names the token; with it, and with no other, the session is free again', async () => {
  const intent = await publishing();
  const { token } = intent.owner;
  const root = await begun(intent);
  for (const args of [keep, create, [...keep, '--break-lock', 'wrong']]) {
    const refused = await ask(root, args);
    expect(said(refused)).toEqual([7, 'session-busy']);
    expect(refused.at('error.data.token')).toBe(token);
    expect(refused.stdout).toContain(`--break-lock ${token}`);
  }
  const dry = await must(root, ['parallel', 'cleanup', 'auth', '--dry-run']);
  expect(dry.text('data.untouched.0.why')).toContain(token);
  const removed = await must(root, [...keep, '--break-lock', token]);
  expect(removed.at('data.strategy')).toBe('keep');
});

test('cleanup finishes it on the same word', async () => {
  const intent = await publishing();
  const root = await begun(intent);
  const done = await must(root, ['parallel', 'cleanup', '--break-lock', intent.owner.token]);
  expect(done.at('data.items')).toMatchObject([
    { name: 'auth', reason: 'interrupted', done: true },
  ]);
  const status = await must(root, ['parallel', 'status']);
  expect(status.at('data.sessions.0')).toMatchObject({ name: 'auth', health: 'ok' });
});

test('a create that was begun elsewhere is rolled back; its files wait in the trash', async () => {
  const intent = creating(await unseenOwner());
  const root = await begun(intent);
  const made = await must(root, [...create, '--break-lock', intent.owner.token]);
  expect(made.at('data.created')).toBe(true);
  const trash = gitIn(root, 'for-each-ref', '--format=%(refname)', 'refs/flight-rules/trash/');
  expect(trash).toBe('refs/flight-rules/trash/auth/1');
});

test('a removal that moved nothing is taken back: create answers the session', async () => {
  const owner = await unseenOwner();
  const { since } = owner;
  const removing = { trash: 'auth~1', strategy: 'keep', becomes: 'kept' } as const;
  const root = await begun({ kind: 'removing', owner, since, ...removing });
  expect(said(await ask(root, create))).toEqual([7, 'session-busy']);
  const there = await must(root, [...create, '--break-lock', owner.token]);
  expect(there.at('data.created')).toBe(false);
});

test('what cannot be finished stays busy, whatever the word', async () => {
  const owner = await unseenOwner();
  const { since } = owner;
  const removing = { trash: 'auth~1', strategy: 'keep', becomes: 'kept' } as const;
  const root = await begun({ kind: 'removing', owner, since, ...removing });
  writeRefIn(root, 'trash/auth/1', 'no pin');
  for (const args of [create, keep]) {
    const refused = await ask(root, [...args, '--break-lock', owner.token]);
    expect(said(refused)).toEqual([7, 'session-busy']);
    expect(JSON.stringify(refused.body['warnings'])).toContain('not-recovered');
  }
  expect(existsSync(join(`${root}-sessions`, 'auth', '.git'))).toBe(true);
});

test('an owner who is alive here is never taken for dead', async () => {
  const owner = {
    ...(await currentOwner({ command: 'parallel remove auth', clock: systemClock })),
  };
  const root = await begun({ kind: 'publishing', owner, since: owner.since });
  const before = gitIn(root, 'for-each-ref');
  for (const args of [keep, create]) {
    const refused = await ask(root, [...args, '--break-lock', owner.token]);
    expect(said(refused)).toEqual([7, 'session-busy']);
    expect(refused.at('error.data.token')).toBeUndefined();
    expect(refused.at('error.hints')).toHaveLength(1);
  }
  await must(root, ['parallel', 'cleanup', 'auth', '--yes', '--break-lock', owner.token]);
  expect(gitIn(root, 'for-each-ref')).toBe(before);
});
