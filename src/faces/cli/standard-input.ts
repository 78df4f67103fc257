/** What was piped to us, for flags whose value is `-`. */

/** At most `limit` bytes and one more: whoever pipes without end is not waited for. */
export async function readStandardInput(limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    parts.push(part);
    bytes += part.length;
    if (bytes > limit) break;
  }
  return Buffer.concat(parts).subarray(0, limit + 1);
}
