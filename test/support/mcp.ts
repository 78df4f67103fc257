// Talks to the real bundled server as a client does, line by line, in either era of the protocol.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { releasedProgram } from './cli.ts';

export type Era = '2025-11-25' | '2026-07-28';
export const eras: readonly Era[] = ['2025-11-25', '2026-07-28'];

export type Json = Record<string, unknown>;

/** What a tool answered. */
export interface ToolAnswer {
  /** `structuredContent` */
  readonly envelope: Json;
  readonly isError: boolean;
  /** of the one text block */
  readonly text: string;
}

export interface McpClient {
  readonly child: ChildProcess;
  /** @returns the whole answer: `{ result }` or `{ error }`, and its line */
  readonly request: (method: string, params?: Json) => Promise<Json & { readonly line: string }>;
  /** begins a request without waiting; `id` cancels it */
  readonly begin: (
    method: string,
    params?: Json,
  ) => { readonly id: number; readonly answer: Promise<Json & { readonly line: string }> };
  readonly tool: (name: string, args?: Json) => Promise<ToolAnswer>;
  readonly notify: (method: string, params: Json) => void;
  /** bytes as they are */
  readonly raw: (text: string) => void;
  /** everything on stdout that answered no request of ours */
  readonly others: Json[];
  /** ends standard input and waits for the process */
  readonly close: () => Promise<Gone>;
  /** when the process is gone */
  readonly gone: Promise<Gone>;
}

interface Gone {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

interface Options {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly program?: string;
}

/** Starts a server and greets it as a client of that era does. It ends with the test. */
export async function mcpClient(era: Era, options: Options): Promise<McpClient> {
  const args = [options.program ?? releasedProgram, ...(options.args ?? ['mcp'])];
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const waiting = new Map<unknown, (answer: Json & { readonly line: string }) => void>();
  const others: Json[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Json;
    const answered = 'method' in message ? undefined : waiting.get(message['id']);
    if (answered === undefined) others.push(message);
    else answered({ ...message, line });
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  const gone = new Promise<Gone>((resolve) => {
    child.on('close', (exit, signal) => resolve({ exit, signal, stderr }));
  });
  const send = (message: Json): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  let last = 0;
  const begin: McpClient['begin'] = (method, params = {}) => {
    last += 1;
    const id = last;
    const answer = new Promise<Json & { readonly line: string }>((resolve) => {
      waiting.set(id, resolve);
    });
    send({ id, method, params: dressed(era, params) });
    return { id, answer };
  };
  const request: McpClient['request'] = (method, params) => begin(method, params).answer;
  const client: McpClient = {
    child,
    request,
    begin,
    tool: async (name, values = {}) => {
      const { result, error } = await request('tools/call', { name, arguments: values });
      if (result === undefined) throw new Error(JSON.stringify(error));
      return toolAnswer(result as Json);
    },
    notify: (method, params) => send({ method, params: dressed(era, params) }),
    raw: (text) => child.stdin.write(text),
    others,
    gone,
    close: () => {
      child.stdin.end();
      return gone;
    },
  };
  if (era === '2025-11-25') {
    const clientInfo = { name: 'test', version: '1' };
    await request('initialize', { protocolVersion: era, capabilities: {}, clientInfo });
    client.notify('notifications/initialized', {});
  }
  return client;
}

export function toolAnswer(result: Json): ToolAnswer {
  const content = result['content'] as readonly { readonly text: string }[];
  return {
    envelope: result['structuredContent'] as Json,
    isError: result['isError'] === true,
    text: content.map(({ text }) => text).join('\n'),
  };
}

/** A request of the new era says in itself who asks and in which version. */
function dressed(era: Era, params: Json): Json {
  if (era === '2025-11-25') return params;
  const own = (params['_meta'] ?? {}) as Json;
  return {
    ...params,
    _meta: {
      ...own,
      'io.modelcontextprotocol/protocolVersion': era,
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
}
