/**
 * The same question to many worktrees. To start a process Node has to copy the page tables of its
 * own 50 MB: for 200 sessions half of what a whole status takes, and 10 MB of memory. A small
 * shell does it at a tenth of that, so several calls go behind one shell.
 *
 * - Nothing is put into the script: paths and arguments are its parameters.
 * - One that failed answers nothing here; it is asked again by itself, which says why.
 * - Processes: one `sh` per group, as many at a time as there are cores, and one git per call.
 *   On Windows, or without a shell, each is asked by itself.
 */
import { availableParallelism } from 'node:os';
import { run } from '../kernel/processes.ts';
import { splitNul, type Git } from './git.ts';

/** One call; all calls of one question have as many arguments. */
export interface ManyCall {
  /** absolute */
  readonly cwd: string;
  readonly args: readonly string[];
}

const shell = '/bin/sh';

/** As for a single call: a git that hangs must not hang us. */
const timeoutMs = 600_000;

/** What one shell may answer: what all of them say must fit into memory, and into one text. */
const mostBytes = 2 ** 26;

/**
 * Asks all of `calls`, and answers for each a promise of the NUL-separated fields of its stdout,
 * which must be all `-z`. `null`: not answered, ask it by itself.
 */
export function gitMany(
  port: Git,
  calls: readonly ManyCall[],
): readonly Promise<readonly string[] | null>[] {
  const cores = Math.max(2, availableParallelism());
  // a shell of its own for one call would be one process too many
  if (calls.length <= cores || process.platform === 'win32') {
    return calls.map(() => Promise.resolve(null));
  }
  // of many, half as many in twice as many groups, so that no core waits long for the other
  const size = Math.ceil(calls.length / (calls.length > 8 * cores ? 2 * cores : cores));
  const groups = Array.from({ length: Math.ceil(calls.length / size) }, (_, at) =>
    calls.slice(at * size, (at + 1) * size),
  );
  const asked: Promise<readonly (readonly string[] | null)[]>[] = [];
  for (const [at, group] of groups.entries()) {
    const before = asked[at - cores] ?? Promise.resolve([]);
    asked.push(before.then(() => askGroup(port, group)));
  }
  return calls.map(async (_, at) => {
    const answers = await asked[Math.floor(at / size)];
    return answers?.[at % size] ?? null;
  });
}

async function askGroup(
  port: Git,
  calls: readonly ManyCall[],
): Promise<readonly (readonly string[] | null)[]> {
  const words = calls.map(({ cwd, args }) => [cwd, ...args]);
  const count = words[0]?.length ?? 0;
  const result = await run(shell, ['-c', script(count), 'sh', port.program, ...words.flat()], {
    cwd: '/',
    env: port.env,
    timeoutMs,
    keepBytes: mostBytes,
    ...(port.signal === undefined ? {} : { signal: port.signal }),
  }).catch(() => null);
  const answers = result === null ? [] : parseAnswers(splitNul(result.stdout));
  const milliseconds = (result?.milliseconds ?? 0) / calls.length;
  return calls.map(({ cwd, args }, at) => {
    const answer = answers[at];
    if (answer === undefined) return null;
    // its share of the time: the shell does not tell
    port.trace?.({ argv: args, cwd, milliseconds, exit: answer.exit });
    return answer.exit === 0 ? answer.fields : null;
  });
}

/** Runs git with each `count` parameters, the first of which is the folder. */
function script(count: number): string {
  const own = Array.from({ length: count }, (_, at) => `"\${${at + 1}}"`).join(' ');
  return (
    `git=$1; shift; while [ $# -gt 0 ]; do "$git" -C ${own}; ` +
    // an empty field never occurs in an answer; two, as a killed git leaves half a field
    `printf '\\0\\0%s\\0' $?; shift ${count}; done`
  );
}

interface Answered {
  readonly exit: number;
  readonly fields: readonly string[];
}

/** Pure: the answers in the order asked; those that were not given are missing at the end. */
function parseAnswers(all: readonly string[]): readonly Answered[] {
  const answers: Answered[] = [];
  let from = 0;
  for (let end = all.indexOf('', from); end >= 0; end = all.indexOf('', from)) {
    const at = all[end + 1] === '' ? end + 2 : end + 1;
    const code = all[at] ?? '';
    if (!/^\d+$/u.test(code)) break;
    answers.push({ exit: Number(code), fields: all.slice(from, end) });
    from = at + 1;
  }
  return answers;
}
