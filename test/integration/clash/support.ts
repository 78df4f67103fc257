// Participants as status hands them in, made of sessions of a test repository.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { readStatus } from '../../../src/git/status.ts';
import { judgeClashes, type JudgeOptions } from '../../../src/integration/clash/judge.ts';
import type { KnownSnapshot, VerdictCache } from '../../../src/integration/clash/verdict-cache.ts';
import type { Clashes, Judgement, Participant } from '../../../src/integration/clash/model.ts';
import { parseSessionName, sessionKey } from '../../../src/sessions/name.ts';
import { branchRef, isOid, oid, parseBranchName, type BranchName } from '../../../src/git/oid.ts';
import type { TestRepo, TestSession } from '../../support/repo.ts';

function branch(text: string): BranchName {
  const parsed = parseBranchName(text);
  if (parsed === null) throw new TypeError(`no branch name: ${text}`);
  return parsed;
}

export async function participantOf(
  repo: TestRepo,
  session: TestSession,
  base = 'main',
): Promise<Participant> {
  const name = parseSessionName(session.name);
  const found = repo.git('for-each-ref', '--format=%(objectname)', branchRef(branch(base)));
  return {
    key: sessionKey(name),
    name,
    branch: session.branch,
    tip: oid(repo.git('rev-parse', branchRef(session.branch))),
    base: { name: branch(base), tip: isOid(found) ? found : null },
    worktree: { path: session.worktree, privateDir: session.privateDir },
    status: await readStatus(repo.port, session.worktree),
  };
}

export async function judge(
  repo: TestRepo,
  sessions: readonly TestSession[],
  options: JudgeOptions = {},
): Promise<Clashes> {
  const participants = await Promise.all(sessions.map((one) => participantOf(repo, one)));
  return judgeClashes(await repo.project(), participants, options);
}

/** `a-b: verdict path (kind), …` and `a: verdict …` for the base, one line each. */
export function told({ pairs, base }: Clashes): string[] {
  const words = ({ verdict, paths, why }: Judgement): string =>
    [verdict, paths.map(({ path, kind }) => `${path} (${kind})`).join(', '), why ?? '']
      .filter((word) => word !== '')
      .join(' ');
  return [
    ...pairs.map((pair) => `${pair.a}-${pair.b}: ${words(pair)}`),
    ...base.map((one) => `${one.key}: ${words(one)}`),
  ];
}

export interface MemoryCache extends VerdictCache {
  readonly verdicts: Map<string, Judgement>;
  readonly snapshots: Map<string, KnownSnapshot>;
}

export function memoryCache(): MemoryCache {
  const verdicts = new Map<string, Judgement>();
  const snapshots = new Map<string, KnownSnapshot>();
  return {
    verdicts,
    snapshots,
    verdict: (key) => verdicts.get(key),
    setVerdict: (key, judgement) => void verdicts.set(key, judgement),
    snapshot: (print) => snapshots.get(print),
    setSnapshot: (print, known) => void snapshots.set(print, known),
  };
}

/** From now on files that were just written are old enough to be told apart from younger ones. */
export function rest(): void {
  const now = Date.now();
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => now + 10_000);
  onTestFinished(() => spy.mockRestore());
}

/** The temporary folder of this test alone, to see what is left in it. */
export function ownTemporaryFolder(): string {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(before ?? '/tmp', 'rooms-'));
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
