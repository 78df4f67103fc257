/**
 * The approvals of one repository, in the user's own state directory (never in the repository,
 * which could then approve its own commands). One file per repository, named by its identity.
 * Written as a whole: temporary file, fsync, rename. What cannot be read approves nothing.
 * Starts no process.
 */
import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod/mini';
import { syncDirectory } from '../kernel/durable.ts';
import { errorCode } from '../kernel/errno.ts';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { makePrivateFolder } from '../kernel/private-folder.ts';
import { readRegularText } from '../kernel/regular-file.ts';

const StoreSchema = z.object({
  version: z.literal(1),
  repository: z.string(),
  approved: z.record(
    z.string(),
    z.object({ kind: z.string(), command: z.string(), since: z.string() }),
  ),
});

/** An approval of one exact text. */
export interface Approval {
  readonly kind: string;
  readonly command: string;
  /** ISO 8601 */
  readonly since: string;
}

export type ReadApprovals =
  | { readonly kind: 'read'; readonly approvals: ReadonlyMap<string, Approval> }
  /** there is a file, and it says nothing that can be relied on */
  | { readonly kind: 'unreadable'; readonly file: string; readonly why: string };

/** Whose approvals, and where the user keeps state. */
export interface StoreLocation {
  /** real path of the common dir: the identity of the project */
  readonly commonDir: AbsolutePath;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `$XDG_STATE_HOME/flight-rules/trust/<hash of the repository>.json`; a relative one is ignored. */
export function storeFile({ commonDir, env }: StoreLocation): string {
  const configured = env['XDG_STATE_HOME'];
  const homeOf = env['HOME'];
  const home = homeOf !== undefined && isAbsolute(homeOf) ? homeOf : homedir();
  const state =
    configured !== undefined && isAbsolute(configured) ? configured : join(home, '.local', 'state');
  return join(state, 'flight-rules', 'trust', `${sha256(commonDir)}.json`);
}

/** What stands for a text: of another kind or with one more space it is another one. */
export function approvalKey(kind: string, command: string): string {
  return sha256(`${kind}\0${command}`);
}

/** Never throws: whoever asks gets "nothing is approved" together with the reason. */
export async function readApprovals(location: StoreLocation): Promise<ReadApprovals> {
  const file = storeFile(location);
  let text: string;
  try {
    text = await readRegularText(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'read', approvals: new Map() };
    return { kind: 'unreadable', file, why: errorCode(error) };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', file, why: 'it is not JSON' };
  }
  const parsed = StoreSchema.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable', file, why: 'it has another shape' };
  if (parsed.data.repository !== location.commonDir) {
    return { kind: 'unreadable', file, why: 'it speaks of another repository' };
  }
  // an entry counts only under the hash of its own text
  const sound = Object.entries(parsed.data.approved).filter(
    ([key, { kind, command }]) => approvalKey(kind, command) === key,
  );
  return { kind: 'read', approvals: new Map(sound) };
}

/**
 * Replaces the approvals of a repository.
 * @param command what was typed, for the hint where this place may not be written
 * @throws FlightError `not-writable`, `disk-failed`
 */
export async function writeApprovals(
  location: StoreLocation,
  approvals: ReadonlyMap<string, Approval>,
  command: readonly string[],
): Promise<void> {
  const file = storeFile(location);
  const folder = dirname(file);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const content = {
    version: 1,
    repository: location.commonDir,
    approved: Object.fromEntries(approvals),
  };
  try {
    makePrivateFolder(folder);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    faultPoint('trust.rename:before');
    await rename(temporary, file);
    await syncDirectory(folder);
    faultPoint('trust.rename:after');
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = errorCode(error);
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
      throw new FlightError('not-writable', { folders: [folder], command }, { cause: error });
    }
    throw new FlightError(
      'disk-failed',
      { what: 'write', path: file, reason: code },
      { cause: error },
    );
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
