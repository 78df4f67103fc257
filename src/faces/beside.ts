/**
 * Commands that are faces of their own: programs start them and speak to them in their own way, so
 * they stand beside the table of operations. Help, did-you-mean and the command reference list them.
 */
import type { Answer } from './cli/answer.ts';
import type { Frame } from './cli/frame.ts';
import { hook } from './hook/hook.ts';
import { mcp } from './mcp/command.ts';

export interface BesideCommand {
  /** as typed, one word */
  readonly name: string;
  readonly summary: string;
  /** each way to call it, as typed after the program's name */
  readonly forms: readonly { readonly args: string; readonly about: string }[];
  /** some paragraphs for `--help` and the reference */
  readonly description: string;
  readonly examples: readonly { readonly args: string; readonly about: string }[];
  /**
   * Does it, until it is over.
   * @param args what follows its name, without global flags
   * @throws FlightError `usage` for what it does not understand, and what it meets
   */
  readonly run: (frame: Frame, args: readonly string[]) => Promise<Answer>;
}

/** In the order of help, after the operations. */
export const besideCommands: readonly BesideCommand[] = [mcp, hook];
