// Calls an operation in process, as a face would, and answers what a face would say: the exit code,
// the data, the refusal or the decision. And what refusals must not change: refs, files, indexes.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, isFlightError } from '../../src/kernel/errors.ts';
import type { Decision, Warning } from '../../src/kernel/outcome.ts';
import { absolute } from '../../src/kernel/path.ts';
import { openGit } from '../../src/git/git.ts';
import type { AnyOperation } from '../../src/operations/define.ts';
import type { OperationContext } from '../../src/operations/context.ts';
import { gitIn } from './repo.ts';

export interface Answered {
  readonly exit: number;
  /** of the refusal or failure */
  readonly code: string | null;
  readonly message: string;
  readonly errorData: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly decision: Decision | null;
  readonly warnings: readonly Warning[];
}

export interface Caller {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly pid?: number;
  readonly now?: Date;
  readonly breakLock?: string;
  /** a person at a terminal */
  readonly interactive?: boolean;
  /** called once, after the plan was made and right before the lock is taken for it */
  readonly beforeLock?: () => void;
}

export function contextOf(caller: Caller, warnings: Warning[] = []): OperationContext {
  const env = { ...process.env, ...caller.env };
  let before = caller.beforeLock;
  return {
    directory: absolute(caller.directory),
    env,
    git: openGit({ env }),
    clock: { now: () => caller.now ?? new Date('2026-11-22T15:22:00Z') },
    pid: caller.pid ?? process.pid,
    commandLine: ['parallel', 'test'],
    standardInput: async () => Buffer.alloc(0),
    // read exactly then
    get breakLock() {
      const now = before;
      before = undefined;
      now?.();
      return caller.breakLock ?? null;
    },
    interactive: caller.interactive ?? false,
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: (warning) => {
      warnings.push(warning);
    },
    located: () => undefined,
    spell: (args) => ({ command: args.join(' '), argv: args }),
  };
}

/** Runs `operation`; a bug is thrown on, everything else is an answer. */
export async function operate(
  operation: Pick<AnyOperation, 'call'>,
  input: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<Answered> {
  const warnings: Warning[] = [];
  const nothing = { code: null, message: '', errorData: {}, data: {}, decision: null };
  try {
    const outcome = await operation.call(input, contextOf(caller, warnings));
    const all = [...outcome.warnings, ...warnings];
    const data = (outcome.data ?? {}) as Record<string, unknown>;
    if (outcome.kind === 'done') return { ...nothing, exit: 0, data, warnings: all };
    return { ...nothing, exit: 6, data, decision: outcome.decision, warnings: all };
  } catch (error) {
    if (!isFlightError(error)) throw error;
    const { exit, message } = describe(error);
    const errorData = error.data as Record<string, unknown>;
    return { ...nothing, exit, code: error.code, message, errorData, warnings };
  }
}

/**
 * Everything a refusal must leave as it is: refs, and every file of the project, its git directory
 * (indexes and records with it) and its sessions. Objects nobody names do not count.
 */
export function fingerprint(root: string): string[] {
  const refs = gitIn(root, 'for-each-ref', '--format=%(refname) %(objectname) %(symref)');
  return [...refs.split('\n'), ...filesBelow(`${root}-sessions`), ...filesBelow(root)];
}

/** Path, mode and a hash of every file below `folder`, but for git's objects. */
export function filesBelow(folder: string, below = ''): string[] {
  const names = (() => {
    try {
      return readdirSync(join(folder, below)).toSorted();
    } catch {
      return [];
    }
  })();
  return names.flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    if (/(?:^|\/)objects$/u.test(path)) return [];
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) return [`${path}/`, ...filesBelow(folder, path)];
    const bytes = stat.isSymbolicLink()
      ? readlinkSync(join(folder, path))
      : readFileSync(join(folder, path));
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    return [`${path} ${stat.mode.toString(8)} ${hash}`];
  });
}

/** What would be lost by anything that is not held by a ref. */
export function forgetUnreachable(root: string): void {
  gitIn(root, 'reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
  gitIn(root, 'gc', '-q', '--prune=now');
}
