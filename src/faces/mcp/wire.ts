/**
 * Messages as lines on standard input and output. A line that is no message, or is larger than any
 * message of ours could be, is answered as such and left behind: the next one is read as usual.
 */
import type { Readable, Writable } from 'node:stream';
import { write } from '../cli/output.ts';
import { parseJSONRPCMessage, type JSONRPCMessage, type Transport } from './kit.ts';

const newline = 10;
/** of one line, in bytes */
const longest = 8 * 2 ** 20;

interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** @param ended called once: the client is gone, or `close` was called */
export function lineTransport({ input, output }: Streams, ended: () => void): Transport {
  let closed = false;
  const say = async (message: unknown): Promise<void> => {
    if (closed) return;
    const written = await write(output, `${JSON.stringify(message)}\n`);
    if (written.kind !== 'written') await transport.close();
  };
  const refuse = (code: number, message: string): void => {
    void say({ jsonrpc: '2.0', id: null, error: { code, message } });
  };
  const lines = lineSplitter(longest, {
    line: (text) => {
      const message = read(text, refuse);
      if (message !== null) transport.onmessage?.(message);
    },
    tooLong: () => refuse(-32600, `A message is larger than ${longest} bytes.`),
  });
  const onData = (chunk: Buffer): void => lines(chunk);
  const onEnd = (): void => void transport.close();
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
      ended();
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
