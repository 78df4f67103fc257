// Many workers on few names, each doing at random what people and agents do, and a ledger of all
// that was written meanwhile: at the end every line of it must be found again.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gitIn, type TestRepo } from '../support/repo.ts';
import { call, disagreements, refs, type Answered } from './support.ts';

const run = promisify(execFile);
const names = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'];

export interface Storm {
  readonly seconds: number;
  readonly workers: number;
  readonly seed: number;
}

export interface Ledger {
  /** subjects of commits that git said were made */
  readonly commits: string[];
  /** files that were written and not committed: name to bytes */
  readonly files: Map<string, string>;
  /** answers by command and exit code */
  readonly answers: Map<string, number>;
  /** answers that are never right */
  readonly wrong: string[];
}

/** A generator of numbers in [0, 1) that is the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function storm(repo: TestRepo, options: Storm): Promise<Ledger> {
  const ledger: Ledger = { commits: [], files: new Map(), answers: new Map(), wrong: [] };
  const until = performance.now() + options.seconds * 1_000;
  const workers = Array.from({ length: options.workers }, async (_, index) => {
    const next = random(options.seed * 1_000 + index);
    for (let step = 0; performance.now() < until; step += 1) {
      const name = names[Math.floor(next() * names.length)] ?? '';
      const id = `${index}-${step}`;
      const dice = next();
      if (dice < 0.15) write(repo, ledger, name, id);
      else if (dice < 0.35) await commit(repo, ledger, name, id);
      else note(ledger, await call(repo, ...command(name, (dice - 0.35) / 0.65)));
    }
  });
  await Promise.all(workers);
  return ledger;
}

function command(name: string, dice: number): string[] {
  const remove = (...more: string[]): string[] => ['parallel', 'remove', name, ...more];
  if (dice < 0.35) return ['parallel', 'create', name, '--dirty', 'leave'];
  if (dice < 0.45) return ['parallel', 'status', '--all'];
  if (dice < 0.55) return remove('--strategy', 'keep');
  if (dice < 0.7) return remove('--strategy', 'abandon', '--yes');
  if (dice < 0.8) return remove('--strategy', 'merge');
  if (dice < 0.9) return ['parallel', 'restore', name];
  return ['parallel', 'cleanup', '--yes', ...(dice < 0.95 ? ['--landed'] : [])];
}

function note(ledger: Ledger, one: Answered): void {
  const { exit, args, answer } = one;
  const key = `${args[1]} ${exit} ${answer.error?.code ?? answer.decision?.id ?? ''}`.trim();
  ledger.answers.set(key, (ledger.answers.get(key) ?? 0) + 1);
  // a refusal, a decision, a conflict and "busy" are answers; a failure is not, but for a session
  // somebody wrote into after its work had landed, or after it was planned to be cleaned up
  const answers = [0, 3, 4, 5, 6, 7].includes(exit ?? -1);
  if (!answers && answer.error?.code !== 'landed-not-removed' && !refusedLate(answer)) {
    ledger.wrong.push(`${args.join(' ')}: ${exit} ${JSON.stringify(answer.error)}`);
  }
  if (args[1] === 'status') ledger.wrong.push(...falseAlarms(answer.data));
  for (const { code, message } of answer.warnings ?? []) {
    if (code === 'not-recovered') ledger.wrong.push(message);
  }
}

/** Did a cleanup leave exactly what had become somebody's again? */
function refusedLate({ error }: Answered['answer']): boolean {
  if (error?.code !== 'partly-done') return false;
  const { items = [] } = (error.data ?? {}) as { items?: { error?: { code: string } }[] };
  const codes = items.flatMap((item) => item.error?.code ?? []);
  const late = ['uncommitted-work', 'plan-changed', 'session-busy'];
  return codes.length > 0 && codes.every((code) => late.includes(code));
}

/** Nobody dies in the storm and nobody deletes a folder: whatever status calls broken is not. */
function falseAlarms(data: Answered['answer']['data']): string[] {
  const listed = (data?.['sessions'] ?? []) as { name: string; health: string; state: string }[];
  const strays = (data?.['strays'] ?? []) as { path: string }[];
  return [
    ...listed
      .filter(({ state, health }) => state !== 'ended' && health !== 'ok' && health !== 'locked')
      .map(({ name, health }) => `status calls ${name} ${health}`),
    ...strays.map(({ path }) => `status calls ${path} a stray`),
  ];
}

const folderOf = (repo: TestRepo, name: string): string => join(`${repo.root}-sessions`, name);

/** An uncommitted file, as an agent leaves it. */
function write(repo: TestRepo, ledger: Ledger, name: string, id: string): void {
  const file = `file-${id}.txt`;
  const content = `bytes of ${id}\n`;
  try {
    writeFileSync(join(folderOf(repo, name), file), content, { flag: 'wx' });
    ledger.files.set(file, content);
  } catch {
    // no such session right now
  }
}

async function commit(repo: TestRepo, ledger: Ledger, name: string, id: string): Promise<void> {
  const folder = folderOf(repo, name);
  // a folder that is not there, or not yet linked, must not make git look further up; and before
  // its files are there its index is none: a commit would delete them all, as its author wishes
  if (!existsSync(join(folder, '.git')) || !existsSync(join(folder, 'README.md'))) return;
  const subject = `work ${id}`;
  try {
    const git = ['-C', folder];
    await run('git', [...git, 'commit', '-q', '--allow-empty', '-m', subject]);
    ledger.commits.push(subject);
  } catch {
    // gone meanwhile, or its index was being written
  }
}

/** What of the ledger is nowhere, and what does not agree: `[]` if all is well. */
export function audit(repo: TestRepo, ledger: Ledger): string[] {
  const found = [...ledger.wrong, ...disagreements(repo, (path) => movedOn(repo, path))];
  const subjects = new Set(gitIn(repo.root, 'log', '--all', '--format=%s').split('\n'));
  for (const subject of ledger.commits) {
    if (!subjects.has(subject)) found.push(`commit ${subject} is nowhere`);
  }
  const there = filesOf(repo);
  for (const [file, content] of ledger.files) {
    const at = there.get(file);
    if (at === undefined) found.push(`${file} is nowhere`);
    else if (readFileSync(at, 'utf8') !== content) found.push(`${at} has other bytes`);
  }
  return found;
}

/** A branch that got a commit while its session was leaving stays, by design. */
function movedOn(repo: TestRepo, branch: string): boolean {
  if (!branch.startsWith('session/')) return false;
  const pins = refs(repo, `refs/flight-rules/trash/${branch.slice('session/'.length)}`);
  return pins.length > 0;
}

/** Every file in a session's folder or in the trash: its name to its path. */
function filesOf(repo: TestRepo): Map<string, string> {
  const found = new Map<string, string>();
  const sessions = `${repo.root}-sessions`;
  const trash = join(sessions, '.trash');
  for (const folder of [sessions, trash]) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (name.startsWith('.')) continue;
      for (const file of readdirSync(join(folder, name))) found.set(file, join(folder, name, file));
    }
  }
  return found;
}

/**
 * Restores up to `count` sessions from the trash under other names.
 * @returns what came back otherwise than it left
 */
export async function restoreSome(repo: TestRepo, count: number): Promise<string[]> {
  const waiting = foldersInTrash(repo);
  const listed = await call(repo, 'parallel', 'restore', '--list');
  const entries = (listed.answer.data?.['entries'] ?? []) as {
    id: string;
    hasWorktree: boolean;
  }[];
  const wrong: string[] = [];
  let number = 0;
  for (const { id } of entries.filter((one) => one.hasWorktree)) {
    const folder = waiting.get(id);
    if (number === count || folder === undefined || !existsSync(folder)) continue;
    const before = new Map(ownFiles(folder));
    const back = await call(repo, 'parallel', 'restore', id, '--as', `sample-${(number += 1)}`);
    if (back.exit !== 0) {
      wrong.push(`restore ${id}: ${JSON.stringify(back.answer.error)}`);
      continue;
    }
    const after = new Map(ownFiles(folderOf(repo, `sample-${number}`)));
    if (JSON.stringify([...before]) !== JSON.stringify([...after])) {
      wrong.push(`${basename(folder)} came back with other files`);
    }
  }
  return wrong;
}

/** By entry: one that was kept and then abandoned has two entries, and one folder. */
function foldersInTrash(repo: TestRepo): Map<string, string> {
  const found = refs(repo, 'refs/flight-rules/trash').map(({ oid }): [string, string] => {
    const text = gitIn(repo.root, 'cat-file', 'blob', `${oid}:entry.json`);
    const { id, worktree } = JSON.parse(text) as { id: string; worktree: { path: string } | null };
    return [id, worktree?.path ?? ''];
  });
  return new Map(found);
}

function ownFiles(folder: string): [string, string][] {
  return readdirSync(folder)
    .filter((name) => name !== '.git')
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}
