/** The summary as it is handed in: text of a bounded size, from a file or standard input. */
import { FlightError } from '../kernel/errors.ts';
import { errorCode } from '../kernel/errno.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes: more is no summary, but somebody's output sent to the wrong place. */
export const summaryLimit = 1024 * 1024;

/** @throws FlightError `usage` naming the file if it cannot be read, is too long, or no text */
export async function readSummaryFile(file: AbsolutePath, flag: string): Promise<string> {
  let bytes: Buffer;
  try {
    // a pipe would wait for its other end
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await handle.stat()).isFile()) throw Object.assign(new Error(), { code: 'EFTYPE' });
      const room = Buffer.alloc(summaryLimit + 1);
      let filled = 0;
      for (;;) {
        const { bytesRead } = await handle.read(room, filled, room.length - filled, filled);
        filled += bytesRead;
        if (bytesRead === 0 || filled === room.length) break;
      }
      bytes = room.subarray(0, filled);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EFTYPE' ? 'it is no file' : code;
    throw usage(`${flag}: ${file} cannot be read: ${why}.`);
  }
  return checkedSummary(bytes, `${flag}: ${file}`);
}

/** @param from what to call it in a message */
export function checkedSummary(bytes: Buffer, from: string): string {
  if (bytes.length > summaryLimit) {
    throw usage(`${from} is longer than ${summaryLimit} bytes. A summary is some paragraphs.`);
  }
  const text = bytes.toString('utf8');
  if (bytes.includes(0) || !Buffer.from(text).equals(bytes)) {
    throw usage(`${from} is no text in UTF-8.`);
  }
  return text;
}

function usage(detail: string): FlightError {
  return new FlightError('usage', { detail, command: ['dev-session', 'end'] });
}
