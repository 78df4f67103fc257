/**
 * What advice an agent was given already in one conversation: a hook that repeats itself at every
 * edit would be switched off. One small file per conversation beside the touched-paths file, only
 * ever added to; it goes with those. Where it cannot be written, the same is said again.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Beyond this a conversation hears no more of it. */
const mostBytes = 1_000_000;

/**
 * Those of `keys` that were not said yet, which are noted as said.
 * @param touched the touched-paths file of the repository; `null`: there is no place for one
 * @param speaker the agent and its conversation; `null`: unknown, and everything is new
 */
export function newToSay(
  touched: string | null,
  speaker: string | null,
  keys: readonly string[],
): readonly string[] {
  if (touched === null || speaker === null || keys.length === 0) return keys;
  const hash = createHash('sha256').update(speaker).digest('hex').slice(0, 32);
  const file = `${touched.replace(/\.paths$/u, '')}.said-${hash}`;
  let opened: number | null = null;
  try {
    const { O_RDWR, O_CREAT, O_APPEND, O_NONBLOCK, O_NOFOLLOW } = constants;
    opened = openSync(file, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_NOFOLLOW, 0o600);
    const stats = fstatSync(opened);
    if (!stats.isFile()) return keys;
    if (stats.size > mostBytes) return [];
    const said = new Set(readFileSync(opened, 'utf8').split('\n'));
    const fresh = keys.filter((key) => !said.has(lineOf(key)));
    if (fresh.length > 0) writeSync(opened, fresh.map((key) => `${lineOf(key)}\n`).join(''));
    return fresh;
  } catch {
    return keys;
  } finally {
    if (opened !== null) closeSync(opened);
  }
}

/** Paths may hold line breaks. */
function lineOf(key: string): string {
  return JSON.stringify(key);
}
