/**
 * One tool call: arguments -> the operation -> the same envelope as with `--json`. Errors are
 * results, too, and marked; decisions are results like any other.
 */
import { FlightError } from '../../kernel/errors.ts';
import { errorJson, outcomeJson } from '../../render/json.ts';
import { contextFor } from '../cli/context.ts';
import { asFlightError } from '../cli/failure.ts';
import { frame, startDirectory, type Frame } from '../cli/frame.ts';
import { understand, wordsOf, type Understood } from './arguments.ts';
import { callSpeller } from './speller.ts';
import type { LoadedTool, Toolbox } from './toolbox.ts';

type Values = Readonly<Record<string, unknown>>;

export interface CallRequest {
  readonly tool: LoadedTool;
  readonly arguments: Values;
  /** the client took the call back, went away, or this process is to end */
  readonly signal: AbortSignal;
  /** what goes on, for the client */
  readonly progress: (message: string) => void;
}

export interface CallAnswer {
  readonly envelope: Values;
  readonly failed: boolean;
}

/** Never throws. @param server how the server was started */
export async function callTool(
  server: Frame,
  toolbox: Toolbox,
  request: CallRequest,
): Promise<CallAnswer> {
  const { tool } = request;
  let current = frameOf(server, request, null);
  let command: readonly string[] = tool.operation.split(' ');
  let lost: Values = {};
  try {
    const call = understand(tool, request.arguments);
    current = frameOf(server, request, call);
    command = wordsOf(tool, call.input, startDirectory(current.globals));
    lost = wordless(tool, call.input);
    const speller = callSpeller(current, toolbox);
    const context = contextFor(current, command, {
      spell: (args) => speller.command(args),
      standardInput: () => Promise.reject(noStandardInput()),
      progress: request.progress,
    });
    const outcome = await tool.is.call(call.input, context);
    const warnings = [...current.warnings, ...outcome.warnings];
    return { envelope: outcomeJson(outcome, warnings, speller), failed: false };
  } catch (thrown) {
    const ended = request.signal.aborted ? 'SIGINT' : null;
    const stopped = { signal: server.interruption.name() ?? ended, command };
    const error = asFlightError(thrown, stopped);
    const again = callSpeller(current, toolbox, { tool: tool.name, arguments: lost });
    return { envelope: errorJson(error, current.warnings, again), failed: true };
  }
}

function frameOf(server: Frame, request: CallRequest, call: Understood | null): Frame {
  const { directories, verbose } = server.globals;
  const more = call === null || call.directory === null ? [] : [call.directory];
  const globals = {
    ...server.globals,
    directories: [...directories, ...more],
    breakLock: call?.breakLock ?? null,
    json: true,
    verbose,
    noInput: true,
  };
  return frame(globals, { signal: request.signal, name: server.interruption.name });
}

/** Texts that are files on a command line. */
function wordless(tool: LoadedTool, input: Values): Values {
  const names = [...tool.parameters].filter(([, { spec }]) => spec.face === 'mcp');
  return Object.fromEntries(
    names.flatMap(([name, { field }]) => (field in input ? [[name, input[field]]] : [])),
  );
}

function noStandardInput(): FlightError<'usage'> {
  const detail = 'There is no standard input here: the text itself is an argument.';
  return new FlightError('usage', { detail });
}
