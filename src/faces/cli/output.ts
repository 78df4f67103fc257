/**
 * Writing to streams that may be slow, closed or full. Nothing is lost by an early exit, a reader
 * that went away is no error, and everything else that keeps an answer from arriving is.
 */
import type { Writable } from 'node:stream';

export type Written =
  | { readonly kind: 'written' }
  /** the reader is gone: `| head`, a closed terminal */
  | { readonly kind: 'unread' }
  | { readonly kind: 'failed'; readonly why: string };

const goneCodes = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'EBADF']);

/** Writes all of `text`, and answers when it has left this process. Never throws. */
export function write(stream: Writable, text: string): Promise<Written> {
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve({ kind: 'written' });
      else if (goneCodes.has(codeOf(error))) resolve({ kind: 'unread' });
      else resolve({ kind: 'failed', why: error.message });
    });
  });
}

/** Errors of a stream also come as events, which would end the process: `write` has told them. */
export function bearErrors(streams: readonly Writable[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
