/**
 * What an agent hands to a hook: one JSON value on standard input. It is parsed as soon as it is
 * whole: agents do not always close the pipe, and some hand in nothing at all.
 */
import type { Readable } from 'node:stream';

/** No agent sends as much; what is longer is not waited for. */
const mostBytes = 16_000_000;

/**
 * @param patienceMs how long is waited for it to be whole
 * @returns `undefined` if there was none
 */
export function readHookInput(
  stream: Readable & { readonly isTTY?: boolean },
  patienceMs: number,
): Promise<unknown> {
  if (stream.isTTY === true) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = (value: unknown): void => {
      clearTimeout(timer);
      stream.off('data', take).pause();
      resolve(value);
    };
    const timer = setTimeout(() => end(undefined), patienceMs);
    const take = (chunk: Buffer): void => {
      parts.push(chunk);
      bytes += chunk.length;
      // only a closing bracket can make it whole: a long one is not parsed at every piece
      const whole = /[}\]]\s*$/u.test(chunk.subarray(-64).toString('latin1'));
      const value = whole ? parse(Buffer.concat(parts)) : undefined;
      if (value !== undefined || bytes > mostBytes) end(value);
    };
    stream.on('data', take);
    stream.on('end', () => end(parse(Buffer.concat(parts))));
    stream.on('error', () => end(undefined));
  });
}

function parse(bytes: Buffer): unknown {
  try {
    // Cursor puts a byte order mark before it
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/u, ''));
  } catch {
    return undefined;
  }
}

/** Where the hook was started; `null` if that folder is gone. */
export function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
