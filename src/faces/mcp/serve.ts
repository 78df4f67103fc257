/**
 * The server: one client, on standard input and output, of either era of the protocol. Calls run
 * side by side; each is an operation of its own, and what must not run at once queues by itself.
 * When the client closes its end, what it has asked is answered first, though what changes
 * something gets only a while. Then, or when a signal comes or nobody listens any more, running
 * operations are stopped at a safe point and waited for: what they had begun is taken back, or is
 * the next command's to finish.
 */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../cli/answer.ts';
import { startDirectory, type Frame } from '../cli/frame.ts';
import { callTool } from './call.ts';
import { McpServer, ProtocolError, serveStdio, type CallToolResult } from './kit.ts';
import { listedPrompts, prompt } from './prompts.ts';
import { listedTool } from './schema.ts';
import type { Extent } from './table.ts';
import { loadToolbox, type Toolbox } from './toolbox.ts';
import { lineTransport } from './wire.ts';

const instructions =
  'Parallel git sessions for coding agents. directory (a project or session folder) is where a call is about, else where the server was started. Every answer is { ok, data | decision | error, next }. ' +
  'A decision is a question for your user, not a failure: show its choices (label, effect), wait, then make the call of the one chosen as it stands. ' +
  'An error says what is safe; its hints help. busy: wait, once more. null means unknown. ' +
  'Never remove worktrees, branches or sessions by other means.';

/** What all calls of one server share. */
interface Serving {
  readonly frame: Frame;
  readonly toolbox: () => Promise<Toolbox>;
  /** calls that have not ended yet */
  readonly running: Set<Promise<unknown>>;
  /** aborted when the server ends */
  readonly over: AbortSignal;
  /** aborted when calls that change something have had their time */
  readonly late: AbortSignal;
}

/** How long a call that changes something goes on after its client has closed its end. */
const patienceMs = 5_000;

/** Serves until the client is gone. @throws FlightError `usage` for a `-C` that is no folder */
export async function serve(frame: Frame, extent: Extent): Promise<Answer> {
  // a folder that was removed is each call's error: it may name another one
  if (frame.globals.directories.length > 0) startDirectory(frame.globals);
  let loaded: Promise<Toolbox> | undefined;
  const over = new AbortController();
  const late = new AbortController();
  const serving: Serving = {
    frame,
    toolbox: () => (loaded ??= loadToolbox(extent)),
    running: new Set(),
    over: over.signal,
    late: late.signal,
  };
  await new Promise<void>((gone) => {
    const { signal } = frame.interruption;
    const streams = { input: process.stdin, output: process.stdout };
    const silent = async (answered: () => Promise<void>): Promise<void> => {
      const soon = new AbortController();
      const waited = sleep(patienceMs, undefined, { signal: soon.signal }).catch(() => undefined);
      await Promise.race([answered(), waited]);
      soon.abort();
      late.abort();
      await stop();
    };
    const transport = lineTransport(streams, {
      silent: (answered) => void silent(answered),
      ended: gone,
    });
    const handle = serveStdio(() => makeServer(serving), { legacy: 'serve', transport });
    const stop = async (): Promise<void> => {
      // who still listens learns what became of his calls
      await settled(serving);
      await new Promise(setImmediate);
      await handle.close();
      gone();
    };
    const interrupt = (): void => {
      over.abort();
      void stop();
    };
    signal.addEventListener('abort', interrupt, { once: true });
  });
  over.abort();
  await settled(serving);
  const name = frame.interruption.name();
  return { stdout: '', stderr: '', exit: name === null ? 0 : 128 + constants.signals[name] };
}

async function settled({ running }: Serving): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
}

function makeServer(serving: Serving): McpServer {
  const about = { name: 'flight-rules', title: 'flight-rules', version: __VERSION__ };
  const product = new McpServer(about, {
    capabilities: { tools: { listChanged: false }, prompts: { listChanged: false } },
    instructions,
  });
  const { server } = product;
  server.setRequestHandler('tools/list', async () => ({
    tools: [...(await serving.toolbox()).values()].map(listedTool),
  }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const toolbox = await serving.toolbox();
    const tool = toolbox.get(params.name);
    if (tool === undefined) {
      const more = 'flight-rules mcp --all serves those that are rarely needed.';
      throw new ProtocolError(-32602, `There is no tool ${params.name} here; ${more}`);
    }
    const progressToken = mcpReq._meta?.progressToken;
    let said = 0;
    const call = callTool(serving.frame, toolbox, {
      tool,
      arguments: params.arguments ?? {},
      signal: AbortSignal.any([
        mcpReq.signal,
        serving.over,
        ...(tool.is.effect === 'read' ? [] : [serving.late]),
      ]),
      progress: (message) => {
        if (progressToken === undefined) return;
        said += 1;
        const news = { progressToken, progress: said, message };
        // who does not listen any more misses nothing
        mcpReq.notify({ method: 'notifications/progress', params: news }).catch(() => undefined);
      },
    });
    serving.running.add(call);
    const { envelope, failed } = await call.finally(() => serving.running.delete(call));
    const result: CallToolResult = {
      content: [{ type: 'text', text: JSON.stringify(envelope) }],
      structuredContent: { ...envelope },
      ...(failed ? { isError: true } : {}),
    };
    return result;
  });
  server.setRequestHandler('prompts/list', async () => ({
    prompts: listedPrompts(await serving.toolbox()),
  }));
  server.setRequestHandler('prompts/get', async ({ params }) => {
    const found = await prompt(await serving.toolbox(), params.name, params.arguments ?? {});
    if (found === null) throw new ProtocolError(-32602, `There is no prompt ${params.name}.`);
    return found;
  });
  return product;
}
