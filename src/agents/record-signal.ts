/**
 * Writes down what an agent says of itself, for the worktree it stands in: `sessions/signal.ts`.
 * Files are written beside and renamed into their place, so that nobody reads half a signal; they
 * are not synced, since after a crash of the machine no signal means anything.
 *
 * No process is started (on macOS `ps` and `sysctl`), and nothing is made in a private git dir that
 * is being taken away: only the last folder, where the one above it still stands.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { agentProcess, type AgentProcess } from '../kernel/agent-process.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { isErrno } from '../kernel/errno.ts';
import { machineIdentity } from '../kernel/machine.ts';
import { absolute, below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { activityFolder, parseSignal, signalFile, type Signal } from '../sessions/signal.ts';
import { hookPlace, type HookPlace } from './hook-place.ts';
import type { HookAgent, HookEvent } from './hook-words.ts';
import { removeDeadSignals } from './dead-signals.ts';

export interface Heard {
  readonly agent: HookAgent;
  readonly event: HookEvent;
  /** when the agent said it: of two hooks that overtake each other the later one counts */
  readonly at: Date;
  /** what the agent handed in, as parsed; anything */
  readonly input: unknown;
  /** where the hook was started, `null` if that folder is gone */
  readonly directory: string | null;
}

/**
 * Records it, or does nothing: outside of repositories, in a main checkout, in a repository that
 * never had a session, and where no agent can be found above us.
 * @throws Error whatever the file system says
 */
export async function recordSignal(said: Heard): Promise<void> {
  const heard = understood(said);
  if (heard === null) return;
  const cwd = textIn(heard.input, 'cwd') ?? heard.directory;
  if (cwd === null || !cwd.startsWith('/')) return;
  const place = hookPlace(absolute(cwd));
  if (place === null || !existsSync(below(place.commonDir, 'flight-rules'))) return;
  const agent = await agentProcess();
  if (agent === null) return;
  if (heard.event !== 'gone' && place.privateDir !== null) {
    await write(heard, { cwd, privateDir: place.privateDir, agent, is: heard.event });
  }
  if (isOver(heard)) forgetElsewhere(place, heard, agent);
}

/**
 * Claude Code notifies of everything by one event: that it needs an answer, but also that nobody
 * has typed anything for a minute after its turn, which is no waiting.
 */
function understood(heard: Heard): Heard | null {
  if (heard.agent !== 'claude' || heard.event !== 'waiting') return heard;
  const kind = textIn(heard.input, 'notification_type');
  if (kind === 'auth_success') return null;
  return kind === 'idle_prompt' ? { ...heard, event: 'idle' } : heard;
}

async function write(
  { agent: name, at, input }: Heard,
  to: {
    readonly cwd: string;
    readonly privateDir: AbsolutePath;
    readonly agent: AgentProcess;
    readonly is: Signal['is'];
  },
): Promise<void> {
  const { agent, privateDir, is, cwd } = to;
  const folder = makeFolder(privateDir);
  const file = below(folder, signalFile({ agent: name, pid: agent.pid }));
  const before = earlier(file, agent);
  const now = at.toISOString();
  if (before !== null && before.at > now) return;
  const session = textIn(input, 'session_id');
  const signal: Signal = {
    schema: 1,
    agent: name,
    is,
    since: before?.is === is ? before.since : isoSeconds(at),
    at: now,
    ...agent,
    ...(await machineIdentity()),
    ...(session === null ? {} : { session }),
    cwd,
  };
  const temporary = below(folder, `.${name}-${agent.pid}.${process.pid}.tmp`);
  writeFileSync(temporary, `${JSON.stringify(signal)}\n`, { flag: 'wx' });
  renameSync(temporary, file);
  removeDeadSignals(folder, signal);
}

/** Not recursive: what was taken away a moment ago must not come back as an empty shell. */
function makeFolder(privateDir: AbsolutePath): AbsolutePath {
  const folder = activityFolder(privateDir);
  if (existsSync(folder)) return folder;
  // a worktree of somebody else has no folder of ours yet
  if (existsSync(below(privateDir, 'commondir'))) makeOne(below(privateDir, 'flight-rules'));
  makeOne(folder);
  return folder;
}

function makeOne(folder: AbsolutePath): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** What the same process said before. */
function earlier(file: AbsolutePath, agent: AgentProcess): Signal | null {
  try {
    const signal = parseSignal(readFileSync(file, 'utf8'));
    return signal?.startTime === agent.startTime ? signal : null;
  } catch {
    return null;
  }
}

/** Is it over everywhere? An agent that only waits for its own background work is not idle. */
function isOver({ event, input }: Heard): boolean {
  if (event === 'gone') return true;
  const background: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'background_tasks') : null;
  return event === 'idle' && !(Array.isArray(background) && background.length > 0);
}

/**
 * An agent goes from worktree to worktree, and what it said in one it has left would stand there
 * until it ends. Once its turn is over, it is only where it stands (and nowhere once it is gone).
 */
function forgetElsewhere(place: HookPlace, { agent, event, at }: Heard, of: AgentProcess): void {
  const worktrees = below(place.commonDir, 'worktrees');
  const name = signalFile({ agent, pid: of.pid });
  for (const id of namesIn(worktrees)) {
    const privateDir = below(worktrees, id);
    const here = place.privateDir !== null && isWithin(place.privateDir, privateDir);
    if (here && event !== 'gone') continue;
    const file = below(activityFolder(privateDir), name);
    const said = earlier(file, of);
    if (said !== null && said.at <= at.toISOString()) unlinkSync(file);
  }
}

function namesIn(folder: AbsolutePath): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textIn(input: unknown, key: string): string | null {
  const value: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, key) : null;
  return typeof value === 'string' && value !== '' ? value : null;
}
