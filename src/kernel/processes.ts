/**
 * Starting programs. The only place that imports `node:child_process`.
 *
 * Every child gets its own process group, so that a time limit or Ctrl-C ends it together with
 * everything it started, and so that the terminal's Ctrl-C does not reach git before us.
 * Output is collected as bytes: paths are bytes, not text.
 */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** written to stdin; without it stdin is closed (`/dev/null`) */
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** what is kept of each stream; the rest is read and dropped. Default: 1 GiB */
  readonly keepBytes?: number;
  /** which part of a stream is kept: a parser needs the `first`, a report of a failure the `last` */
  readonly keep?: 'first' | 'last';
  /** stdout and stderr in `stdout`, as they came; `stderr` stays empty */
  readonly merged?: boolean;
  /**
   * An open file that gets both streams instead of us (a descriptor): what the program leaves
   * behind may go on writing there, and is not waited for
   */
  readonly outputTo?: number;
  /**
   * Once the program has ended, its output is read on for so long: what it left running may hold it
   * open for ever. Then what is left of its group is ended. Without it all output is waited for.
   */
  readonly lingerMs?: number;
  /** Windows: arguments are passed on as they are, for `cmd /c`, which has quoting rules of its own */
  readonly verbatim?: boolean;
}

export interface RunResult {
  /** `null` if the program was ended by a signal */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly milliseconds: number;
}

/** The program could not be started at all (`ENOENT`, `EACCES`, …). */
export class SpawnError extends Error {
  readonly program: string;
  readonly code: string;
  constructor(program: string, code: string, cause: unknown) {
    super(`${program}: ${code}`, { cause });
    this.name = 'SpawnError';
    this.program = program;
    this.code = code;
  }
}

/** Between the polite and the final signal, for children that must be ended. */
const graceMs = 2_000;

/**
 * Runs `program` to its end and answers what it said.
 * @throws SpawnError if it could not be started
 */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const begun = performance.now();
  const keep = options.keepBytes ?? 2 ** 30;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: { ...options.env },
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: options.verbatim === true,
      stdio: [
        options.stdin === undefined ? 'ignore' : 'pipe',
        options.outputTo ?? 'pipe',
        options.outputTo ?? 'pipe',
      ],
    });
    const out = new Collector(keep, options.keep ?? 'first');
    const err = new Collector(keep, options.keep ?? 'first');
    let timedOut = false;
    let aborted = false;
    let final: NodeJS.Timeout | undefined;
    let lingering: NodeJS.Timeout | undefined;
    // A grandchild that outlives the program may hold the pipes open for ever: once the program
    // itself is gone, a killed group is not waited for any longer than the grace.
    const letGo = (): void => {
      lingering ??= setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, options.lingerMs ?? graceMs).unref();
    };
    const end = (): void => {
      endGroup(child.pid, 'SIGTERM');
      final ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
      if (child.exitCode !== null || child.signalCode !== null) letGo();
    };
    const limit =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            end();
          }, options.timeoutMs);
    const onAbort = (): void => {
      aborted = true;
      end();
    };
    if (options.signal?.aborted === true) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(final);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.stdout?.on('data', (chunk: Buffer) => out.add(chunk));
    child.stderr?.on('data', (chunk: Buffer) => (options.merged === true ? out : err).add(chunk));
    child.on('error', (cause: NodeJS.ErrnoException) => {
      settle();
      reject(new SpawnError(program, cause.code ?? 'unknown', cause));
    });
    child.on('exit', () => {
      if (timedOut || aborted || options.lingerMs !== undefined) letGo();
    });
    child.on('close', (exit, signal) => {
      clearTimeout(lingering);
      if (timedOut || aborted || options.lingerMs !== undefined) endGroup(child.pid, 'SIGKILL');
      settle();
      const milliseconds = performance.now() - begun;
      const stdout = out.bytes();
      const stderr = err.bytes();
      resolve({ exit, signal, stdout, stderr, timedOut, aborted, milliseconds });
    });
    if (options.stdin !== undefined) {
      // The program may end without reading all of it; its exit status tells, not our EPIPE.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(options.stdin);
    }
  });
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // the group is gone already
  }
}

class Collector {
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #keep: number;
  readonly #part: 'first' | 'last';
  constructor(keep: number, part: 'first' | 'last') {
    this.#keep = keep;
    this.#part = part;
  }
  add(chunk: Buffer): void {
    if (this.#part === 'first') this.#addFirst(chunk);
    else this.#addLast(chunk);
  }
  #addFirst(chunk: Buffer): void {
    const room = this.#keep - this.#size;
    if (room <= 0) return;
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(part);
    this.#size += part.length;
  }
  #addLast(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // not at every chunk: many small ones would be copied again and again
    if (this.#size <= 2 * this.#keep) return;
    const tail = this.#tail();
    this.#chunks = [tail];
    this.#size = tail.length;
  }
  #tail(): Buffer {
    const whole = Buffer.concat(this.#chunks);
    // a copy, so that the large buffer behind it can go
    return whole.length > this.#keep ? Buffer.from(whole.subarray(-this.#keep)) : whole;
  }
  bytes(): Buffer {
    return this.#part === 'first' ? Buffer.concat(this.#chunks) : this.#tail();
  }
}
