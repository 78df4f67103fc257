// Calls of `dev-session start`, and a project with documents.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { ask, type Reply } from './program.ts';
import { makeRepo, writeIn, type TestRepo } from './repo.ts';

export const start = ['dev-session', 'start'];

export function logs(checkout: string): string[] {
  return readdirSync(join(checkout, 'docs/session_logs')).toSorted();
}

export function values(reply: Reply): unknown[] {
  return (reply.at('decision.choices') as { value: string }[]).map(({ value }) => value);
}

/** Runs the command of choice `value` as it stands. */
export function take(reply: Reply, value: string, cwd: string): Promise<Reply> {
  const choices = reply.at('decision.choices') as { value: string; argv: string[] }[];
  const argv = choices.find((one) => one.value === value)?.argv ?? [];
  const from = argv.indexOf('-C');
  return ask(
    cwd,
    argv.slice(from).filter((word) => word !== '--json'),
  );
}

/** Asks, and nothing may have changed. */
export async function unchanged(repo: TestRepo, exit: number, ...args: string[]): Promise<Reply> {
  const before = fingerprint(repo.root, `${repo.root}-sessions`);
  const reply = await ask(repo.root, [...start, ...args]);
  expect([reply.exit, reply.at('error.code')]).toEqual([exit, reply.at('error.code')]);
  expect(fingerprint(repo.root, `${repo.root}-sessions`)).toEqual(before);
  return reply;
}

export function documented(): TestRepo {
  const repo = makeRepo();
  writeIn(
    repo.root,
    'docs/progress.md',
    '# Progress\n\n## 2026-11-20 One\n1\n## 2026-11-21 Two\n2\n',
  );
  writeIn(
    repo.root,
    'docs/implementation/3/3.8.md',
    '## 3.8.1. Show\n**Status**: ✅ Complete\n## 3.8.2. Clean\n**Status**: 🔵 Planned\n## 3.8.3. Go\n**Status**: 🟡 In Progress\n',
  );
  writeIn(
    repo.root,
    'docs/session_logs/20261101_1200_session.md',
    '## Next steps\n- Sign tokens\n',
  );
  writeIn(repo.root, 'docs/session_logs/20261102_1200_session.md', '## Next steps\n');
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'documents');
  return repo;
}
