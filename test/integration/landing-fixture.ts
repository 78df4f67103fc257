// A project with one recorded session, and a lock that only counts: the real one has its own tests.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LandDeps, LandInput, LandResult } from '../../src/integration/land.ts';
import { landSession } from '../../src/integration/land.ts';
import { readRecord, type RecordAt } from '../../src/integration/intent.ts';
import { markedGit } from '../../src/git/git.ts';
import { transact } from '../../src/git/refs.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { openProject, type Project } from '../../src/sessions/project.ts';
import { recordChange } from '../../src/sessions/registry.ts';
import { branch, numbered, type Story } from './support.ts';
import { nobody } from '../support/nobody.ts';

export const key = sessionKey(parseSessionName('auth'));

export async function recordSession(it: Story): Promise<Project> {
  const project = await openProject(it.git, it.root, process.env);
  const record = {
    schema: 1 as const,
    name: 'auth',
    branch: 'session/auth',
    worktree: '/nowhere',
    adminId: null,
    token: 't',
    state: 'active' as const,
    base: { name: 'main', oid: it.tip('main') },
    goals: [],
    startedAt: '2026-01-01T00:00:00Z',
    copied: [],
    carried: [],
  };
  const change = await recordChange(it.git, project.commonDir, key, null, record);
  await transact(it.git, project.commonDir, [change]);
  return project;
}

export async function record(it: Story, project: Project): Promise<RecordAt> {
  const at = await readRecord(it.git, project, key);
  if (at === null) throw new Error('no record');
  return at;
}

let operations = 0;

export async function land(
  it: Story,
  project: Project,
  input: Partial<LandInput> = {},
  extra: Partial<LandDeps> = {},
): Promise<LandResult> {
  const token = `operation-${process.pid}-${(operations += 1)}`;
  const git = markedGit(it.git, token);
  return landSession(
    {
      project,
      clock: systemClock,
      lock: (body) => body({ owner: nobody(token), git }),
      verify: null,
      ...extra,
    },
    {
      key,
      name: 'auth',
      goals: [],
      branch: branch('session/auth'),
      sessionTip: it.tip('session/auth'),
      sessionWorktree: null,
      base: branch('main'),
      shape: null,
      ...input,
    },
  );
}

/** Refuses, and all is as it was: all refs but the record, whose intent came and went. */
export async function refusedLanding(
  it: Story,
  project: Project,
  code: string,
  input: Partial<LandInput> = {},
  extra: Partial<LandDeps> = {},
): Promise<{ data: unknown }> {
  const look = (): unknown => {
    const print = it.fingerprint() as { refs: string };
    const refs = print.refs.split('\n').filter((line) => !line.includes('flight-rules/sessions'));
    return { ...print, refs };
  };
  const before = look();
  const error: unknown = await land(it, project, input, extra).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code });
  expect(look()).toEqual(before);
  expect((await record(it, project)).record.intent).toBeUndefined();
  return error as { data: unknown };
}

/** Session `auth` changes a.txt, adds new/x.txt and link, deletes dir/c.txt; it has no checkout. */
export async function sessionToLand(it: Story): Promise<Project> {
  it.on('session/auth');
  symlinkSync('b.txt', join(it.root, 'link'));
  it.commit({ 'a.txt': numbered({ 3: 'three' }), 'new/x.txt': 'x\n', 'dir/c.txt': null });
  it.on('main');
  return recordSession(it);
}
