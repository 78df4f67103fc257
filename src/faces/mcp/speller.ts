/**
 * Commands in an answer, spelled as on a command line and, where a tool does the same, as a call
 * of that tool beside it: `call: { tool, arguments }`.
 */
import type { SpelledCommand } from '../../kernel/suggestion.ts';
import type { Speller } from '../../render/json.ts';
import { projectDirectory, speller, type Frame } from '../cli/frame.ts';
import { argumentOf, callOf, type ToolCall } from './arguments.ts';
import type { Toolbox } from './toolbox.ts';

type WithCall = SpelledCommand & {
  readonly call?: ToolCall;
  /** of an open question: the argument that takes the answer */
  readonly argument?: string;
};

/** @param lost arguments of this call that have no words: a hint that repeats the call has them, too */
export function callSpeller(
  frame: Frame,
  toolbox: Toolbox,
  lost: ToolCall | null = null,
): Speller & { readonly command: (args: readonly string[], flag?: string) => WithCall } {
  const lines = speller(frame, 'whole');
  const called = (
    args: readonly string[],
    directory: string | null,
    flag?: string,
  ): Pick<WithCall, 'call' | 'argument'> => {
    const call = callOf(toolbox, args, directory);
    if (call === null) return {};
    const tool = toolbox.get(call.tool);
    const argument = tool === undefined || flag === undefined ? null : argumentOf(tool, flag);
    const whole =
      lost?.tool === call.tool
        ? { ...call, arguments: { ...lost.arguments, ...call.arguments } }
        : call;
    return { call: whole, ...(argument === null ? {} : { argument }) };
  };
  return {
    command: (args, flag) => ({
      ...lines.command(args),
      ...called(args, projectDirectory(frame), flag),
    }),
    suggestions: (all) =>
      all.flatMap((one) =>
        lines.suggestions([one]).map((line) => {
          if ('argv' in one) return line;
          return { ...line, ...called(one.args, one.directory ?? projectDirectory(frame)) };
        }),
      ),
  };
}
