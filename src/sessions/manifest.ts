/**
 * The manifest: the list of sessions as a file, a published view of the records. It can be
 * deleted, torn or edited without harm; what is in it is believed only where it is proven
 * (`adoption.ts`). Its schema is that of v0.15.8, added to; fields we do not know survive.
 *
 * Written under the lock: temporary file beside it, fsync, rename, fsync of the directory. At
 * every moment it is either the old or the new one.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { errorCode } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { below } from '../kernel/path.ts';
import { syncDirectory, writeNew } from '../kernel/durable.ts';
import { noFileCodes, readRegularText } from '../kernel/regular-file.ts';
import { manifestFile, type Project } from './project.ts';
import type { SessionRecord } from './record.ts';

/** One entry as it stands in the file. Everything beyond `id` is unproven. */
export interface ManifestEntry {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** An entry that proves nothing: kept verbatim, reported, never acted on. */
export interface UnprovenEntry {
  readonly id: string;
  readonly why: string;
}

export type ReadManifest =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'ok';
      readonly text: string;
      /** real path of the common dir it was written for; `null` in files of v0.15.8 */
      readonly repository: string | null;
      readonly entries: readonly ManifestEntry[];
      /** elements of `sessions` that are no entries at all; they survive, too */
      readonly oddities: readonly unknown[];
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'corrupt'; readonly why: string }
  | { readonly kind: 'newer'; readonly version: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Reads the manifest as it is. Never throws; what cannot be read says so. */
export async function readManifest(project: Pick<Project, 'sessionsDir'>): Promise<ReadManifest> {
  let text: string;
  try {
    text = await readRegularText(manifestFile(project));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    if (noFileCodes.includes(code)) return { kind: 'corrupt', why: 'it is no file' };
    return { kind: 'unknown', why: code };
  }
  return parseManifest(text);
}

/** Pure: what the text of a manifest says. */
export function parseManifest(text: string): ReadManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'corrupt', why: 'it is no JSON' };
  }
  if (!isObject(json)) return { kind: 'corrupt', why: 'it is no object' };
  if (isDeeper(json, deepest)) return { kind: 'corrupt', why: 'it is nested too deeply' };
  const { version, repository, sessions } = json;
  if (version !== undefined && version !== 1) {
    if (typeof version === 'number' && version < 1)
      return { kind: 'corrupt', why: 'wrong version' };
    return { kind: 'newer', version: JSON.stringify(version) };
  }
  if (sessions !== undefined && !Array.isArray(sessions)) {
    return { kind: 'corrupt', why: 'its sessions are no list' };
  }
  const list: readonly unknown[] = sessions ?? [];
  return {
    kind: 'ok',
    text,
    repository: typeof repository === 'string' ? repository : null,
    entries: list.filter(isEntry),
    oddities: list.filter((item) => !isEntry(item)),
    fields: json,
  };
}

/**
 * Refuses to change anything while the manifest says that sessionsDir is somebody else's.
 * @throws FlightError `manifest-newer`, `manifest-foreign`, `disk-failed` if it cannot be read:
 * written anew it would lose what is not ours
 */
export async function checkManifest(project: Project, manifest: ReadManifest): Promise<void> {
  const file = manifestFile(project);
  if (manifest.kind === 'newer') {
    throw new FlightError('manifest-newer', { file, version: manifest.version });
  }
  if (manifest.kind === 'unknown') {
    throw new FlightError('disk-failed', { what: 'read', path: file, reason: manifest.why });
  }
  const repository = await foreignRepository(project, manifest);
  if (repository !== null) throw new FlightError('manifest-foreign', { file, repository });
}

/** The other repository that a manifest says it belongs to, if that is still there. */
export async function foreignRepository(
  project: Pick<Project, 'commonDir'>,
  manifest: ReadManifest,
): Promise<string | null> {
  if (manifest.kind !== 'ok' || manifest.repository === null) return null;
  const { repository } = manifest;
  return repository !== project.commonDir && (await isGitDir(repository)) ? repository : null;
}

/**
 * Rewrites the manifest from the records. Under the lock only. A file that cannot be parsed, or
 * something else than a file, is set aside as `.manifest.json.corrupt-<time>` first.
 * @param records of all living sessions
 * @param dropped ids of entries without a record that go; all others of that kind stay verbatim
 */
export async function writeManifest(
  project: Project,
  manifest: ReadManifest,
  records: readonly SessionRecord[],
  dropped: ReadonlySet<string>,
  now: Date,
): Promise<void> {
  const file = manifestFile(project);
  await removeUnfinished(project);
  if (manifest.kind === 'absent' && records.length === 0) return;
  const text = formatManifest(project, manifest, records, dropped);
  if (manifest.kind === 'ok' && manifest.text === text) return;
  await mkdir(project.sessionsDir, { recursive: true });
  if (manifest.kind === 'corrupt') {
    const stamp = now.toISOString().replace(/[:.]/gu, '-');
    await rename(file, below(project.sessionsDir, `.manifest.json.corrupt-${stamp}`));
  }
  const temporary = below(project.sessionsDir, `.manifest.json.${process.pid}.tmp`);
  faultPoint('manifest:before');
  await writeNew(temporary, text);
  faultPoint('manifest.rename:before');
  await rename(temporary, file);
  await syncDirectory(project.sessionsDir);
  faultPoint('manifest:after');
}

/** A writer that was killed before the rename leaves its temporary file. Under the lock there is none but ours. */
async function removeUnfinished(project: Pick<Project, 'sessionsDir'>): Promise<void> {
  const names = await readdir(project.sessionsDir).catch(() => []);
  const left = names.filter((name) => /^\.manifest\.json\.\d+\.tmp$/u.test(name));
  await Promise.all(left.map((name) => rm(below(project.sessionsDir, name), { force: true })));
}

/** Pure: the text of the manifest. */
function formatManifest(
  project: Pick<Project, 'name' | 'commonDir'>,
  manifest: ReadManifest,
  records: readonly SessionRecord[],
  dropped: ReadonlySet<string>,
): string {
  const old = manifest.kind === 'ok' ? manifest : null;
  const known = new Map(old?.entries.map((entry) => [entry.id, entry]));
  const ours = records
    .filter((record) => record.state !== 'kept')
    .map((record) => ({ ...known.get(record.name), ...manifestEntry(record) }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const recorded = new Set(records.map((record) => record.name.toLowerCase()));
  const verbatim = (old?.entries ?? []).filter(
    (entry) =>
      entry['recordedBy'] === undefined &&
      !recorded.has(entry.id.toLowerCase()) &&
      !dropped.has(entry.id),
  );
  const whole = {
    ...old?.fields,
    version: 1,
    project: project.name,
    repository: project.commonDir,
    sessions: [...ours, ...verbatim, ...(old?.oddities ?? [])],
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function manifestEntry(record: SessionRecord): ManifestEntry & { readonly id: string } {
  return {
    id: record.name,
    branch: record.branch,
    worktree: record.worktree,
    startedAt: record.startedAt,
    goals: record.goals,
    status: record.state === 'in-review' ? 'in-review' : 'active',
    base: record.base.name,
    ...(record.agent === undefined ? {} : { agent: record.agent }),
    ...(record.pullRequest === undefined ? {} : { pullRequest: record.pullRequest.url }),
    recordedBy: 'flight-rules',
  };
}

/** True if there is a git repository (a common dir) at `path`. */
async function isGitDir(path: string): Promise<boolean> {
  try {
    const head = await stat(`${path}/HEAD`);
    const objects = await stat(`${path}/objects`);
    return head.isFile() && objects.isDirectory();
  } catch {
    return false;
  }
}

/** Levels of nesting that can be written again: formatting recurses, parsing does not. */
const deepest = 200;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is ManifestEntry {
  return isObject(value) && typeof value['id'] === 'string';
}
