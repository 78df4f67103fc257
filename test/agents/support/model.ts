// A model for Claude Code, on this machine and without a login: it asks for one tool, and is content
// with whatever comes of it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Model {
  /** what Claude Code needs to ask it and nobody else */
  readonly env: Readonly<Record<string, string>>;
  /** all that it was sent, as texts */
  readonly asked: readonly string[];
}

/** @param tool the call that it makes, once */
export async function stubModel(tool: {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}): Promise<Model> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      asked.push(body);
      const first = body.includes(`"name":"${tool.name}"`) && !body.includes('"tool_result"');
      answer(response, first ? tool : null);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const env = {
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    ANTHROPIC_API_KEY: 'none',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  return { env, asked };
}

/** A stream of events as the Messages API sends them. */
function answer(
  response: ServerResponse,
  tool: { readonly name: string; readonly input: object } | null,
): void {
  const say = (type: string, more: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  };
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'stub', content: [] };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  say('message_start', { message: { ...message, stop_reason: null, stop_sequence: null, usage } });
  const block =
    tool === null
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: 'toolu_1', name: tool.name, input: {} };
  const delta =
    tool === null
      ? { type: 'text_delta', text: 'done' }
      : { type: 'input_json_delta', partial_json: JSON.stringify(tool.input) };
  say('content_block_start', { index: 0, content_block: block });
  say('content_block_delta', { index: 0, delta });
  say('content_block_stop', { index: 0 });
  const reason = tool === null ? 'end_turn' : 'tool_use';
  say('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage });
  say('message_stop', {});
  response.end();
}
