/** What an operation gets to work with. It never reads `process.*`, prints, prompts or exits. */
import type { Clock } from '../kernel/clock.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { SpelledCommand } from '../kernel/suggestion.ts';
import type { Git } from '../git/git.ts';

export interface OperationContext {
  /** where the command was started (after `-C`), not resolved */
  readonly directory: AbsolutePath;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly git: Git;
  readonly clock: Clock;
  /** pid of this process: its ancestors do not count as "somebody works there" */
  readonly pid: number;
  /** the arguments of ours this call was made with, without global flags: for hints that repeat it */
  readonly commandLine: readonly string[];
  /**
   * Says which project the call is about, as soon as that is known: commands are spelled with its
   * root from then on. `projectOf` does it.
   */
  readonly located: (root: AbsolutePath) => void;
  /**
   * A command of ours that runs as it stands, for answers that hold commands: absolute `-C`, and
   * the spelling and `--json` of this call. Call it after `located`. Suggestions of an outcome, an
   * error or a choice are spelled by the face and need no call.
   */
  readonly spell: (args: readonly string[]) => SpelledCommand;
  /**
   * What is handed in on standard input, for a flag whose value is `-`: at most `limit` bytes and
   * one more, by which the caller knows that it is too long.
   * @throws FlightError `usage` where a face has none
   */
  readonly standardInput: (limit: number) => Promise<Buffer>;
  /** token named by `--break-lock` */
  readonly breakLock: string | null;
  /** a person sits at a terminal (trust is granted only then) */
  readonly interactive: boolean;
  readonly signal: AbortSignal;
  /** what goes on, one sentence; shown on stderr, may be dropped */
  readonly progress: (message: string) => void;
  /** something the caller should know although all goes well */
  readonly warn: (warning: Warning) => void;
}
