/**
 * Messages as lines on standard input and output. A line that is no message, or is larger than any
 * message of ours could be, is answered as such and left behind: the next one is read as usual.
 */
import type { Readable, Writable } from 'node:stream';
import { write } from '../cli/output.ts';
import { parseJSONRPCMessage, type JSONRPCMessage, type Transport } from './kit.ts';
import { unanswered } from './unanswered.ts';

const newline = 10;
/** of one line, in bytes */
const longest = 8 * 2 ** 20;

interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

interface Ends {
  /** the client says no more; what it has asked it may still want to hear */
  readonly silent: (answered: () => Promise<void>) => void;
  /** called once: nobody listens any more, or `close` was called */
  readonly ended: () => void;
}

export function lineTransport({ input, output }: Streams, ends: Ends): Transport {
  let closed = false;
  const open = unanswered();
  const say = async (message: unknown): Promise<void> => {
    if (closed) return;
    const written = await write(output, `${JSON.stringify(message)}\n`);
    if (written.kind === 'written') open.sent(message);
    else await transport.close();
  };
  const refuse = (code: number, message: string): void => {
    void say({ jsonrpc: '2.0', id: null, error: { code, message } });
  };
  const lines = lineSplitter(longest, {
    line: (text) => {
      const message = read(text, refuse);
      if (message === null) return;
      open.received(message);
      transport.onmessage?.(message);
    },
    tooLong: () => refuse(-32600, `A message is larger than ${longest} bytes.`),
  });
  const onData = (chunk: Buffer): void => lines(chunk);
  let silent = false;
  const onEnd = (): void => {
    if (silent || closed) return;
    silent = true;
    // the last line may lack its end
    lines(Buffer.of(newline));
    ends.silent(open.none);
  };
  const transport: Transport = {
    start: () => {
      input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd);
      return Promise.resolve();
    },
    send: (message) => say(message),
    close: () => {
      if (closed) return Promise.resolve();
      closed = true;
      input.off('data', onData);
      input.pause();
      transport.onclose?.();
      ends.ended();
      return Promise.resolve();
    },
  };
  return transport;
}

function read(
  text: string,
  refuse: (code: number, message: string) => void,
): JSONRPCMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(-32700, 'A line is no JSON.');
    return null;
  }
  try {
    return parseJSONRPCMessage(value);
  } catch {
    refuse(-32600, 'A line is no JSON-RPC message.');
    return null;
  }
}

/** Bytes -> lines without their end; of one that is longer than `limit` only that it was there. */
function lineSplitter(
  limit: number,
  tell: { readonly line: (text: string) => void; readonly tooLong: () => void },
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (part: Buffer): void => {
    size += part.length;
    if (size <= limit) parts.push(part);
    else parts = [];
  };
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, at));
      from = at + 1;
      const text = size > limit ? null : Buffer.concat(parts).toString('utf8').trim();
      parts = [];
      size = 0;
      if (text === null) tell.tooLong();
      else if (text !== '') tell.line(text);
    }
    take(chunk.subarray(from));
  };
}
