/** What `dev-session end` is given: its flags, and the texts among them. */
import * as z from 'zod/mini';
import { FlightError } from '../../kernel/errors.ts';
import { absolute } from '../../kernel/path.ts';
import type { Draft } from '../../workflow/draft.ts';
import { checkedSummary, readSummaryFile, summaryLimit } from '../../workflow/summary.ts';
import { isSettable, settableStates, type SettableState } from '../../workflow/task-status.ts';
import type { OperationContext } from '../context.ts';
import { strategies } from '../shapes/parts.ts';
import { shapes } from '../shapes/remove.ts';

export const EndInput = z.object({
  name: z.optional(z.string()),
  summaryFile: z.optional(z.string()),
  summary: z.optional(z.string()),
  next: z._default(z.array(z.string()), []),
  learned: z._default(z.array(z.string()), []),
  tasks: z._default(z.array(z.string()), []),
  commit: z.optional(z.string()),
  strategy: z.optional(z.enum(strategies)),
  yes: z._default(z.boolean(), false),
  shape: z.optional(z.enum(shapes)),
  title: z.optional(z.string()),
  draft: z._default(z.boolean(), false),
  verify: z.optional(z.string()),
  saveLog: z._default(z.boolean(), false),
  forceInUse: z._default(z.boolean(), false),
});

export type EndInput = z.infer<typeof EndInput>;

export const endCommand: readonly string[] = ['dev-session', 'end'];

export function endUsage(detail: string): FlightError {
  return new FlightError('usage', { detail, command: endCommand });
}

/**
 * The texts handed in; standard input is read for `--summary-file -`.
 * @throws FlightError `usage`
 */
export async function givenTexts(
  input: EndInput,
  context: OperationContext,
): Promise<Partial<Draft>> {
  for (const task of input.tasks) parseTaskFlag(task);
  for (const [flag, texts] of [
    ['--next', input.next] as const,
    ['--learned', input.learned] as const,
  ]) {
    if (texts.some((text) => text.trim() === '')) throw endUsage(`${flag}: expected some words.`);
  }
  for (const [flag, text = ''] of [
    ['--commit', input.commit] as const,
    ['--title', input.title] as const,
    ['--verify', input.verify] as const,
  ]) {
    if (text.includes('\0')) throw endUsage(`${flag}: a null byte can be in no command line.`);
  }
  if (input.verify?.trim() === '') throw endUsage('--verify: expected a command.');
  if (input.commit?.trim() === '') throw endUsage('--commit: expected a message.');
  const summary = await summaryOf(input, context);
  if (summary?.trim() === '') throw endUsage('The summary is empty.');
  return {
    ...(summary === null ? {} : { summary }),
    next: input.next,
    learned: input.learned,
    tasks: input.tasks,
  };
}

async function summaryOf(input: EndInput, context: OperationContext): Promise<string | null> {
  const { summary, summaryFile } = input;
  if (summary !== undefined) {
    if (summaryFile !== undefined) throw endUsage('Give either a summary or a file with it.');
    return checkedSummary(Buffer.from(summary), 'The summary');
  }
  if (summaryFile === undefined) return null;
  if (summaryFile !== '-') {
    return readSummaryFile(absolute(summaryFile, context.directory), '--summary-file');
  }
  return checkedSummary(await context.standardInput(summaryLimit), 'Standard input');
}

export interface TaskFlag {
  readonly id: string;
  readonly state: SettableState;
}

/** `3.8.1=complete`. @throws FlightError `usage` */
export function parseTaskFlag(text: string): TaskFlag {
  const at = text.lastIndexOf('=');
  const id = text.slice(0, Math.max(at, 0)).trim();
  const state = text.slice(at + 1).trim();
  if (id !== '' && isSettable(state)) return { id, state };
  throw endUsage(
    `--task ${text}: expected ID=STATUS, with a status of ${settableStates.join(', ')}.`,
  );
}
