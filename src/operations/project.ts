/** Opens the project a call is about, and tells the face. */
import { basename, dirname } from 'node:path';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { real } from '../git/repository.ts';
import { parseManifest } from '../sessions/manifest.ts';
import { openProject, trashFolder, type Project } from '../sessions/project.ts';
import { readRegistry } from '../sessions/registry.ts';
import { trashFolderNames } from '../sessions/trash-entry.ts';
import type { OperationContext } from './context.ts';

/**
 * The project of the directory the command was started in. Its warnings are passed on, and
 * commands in the answer are spelled with its root from now on.
 *
 * A folder in the trash has no link to its repository any more; the manifest beside the trash
 * tells whose it is. Only what can help there may be called from there.
 * @param trash `helps` for status and restore, which work from inside the trash
 * @throws FlightError `not-a-repository`, `bad-config`, `in-trash`
 */
export async function projectOf(
  context: OperationContext,
  trash: 'helps' | 'refuses' = 'refuses',
): Promise<Project> {
  const { project, inside } = await open(context);
  context.located(project.root);
  if (inside !== null && trash === 'refuses') {
    const { folder, session } = inside;
    const id = session === null ? null : basename(session).replace(/-(?<seq>\d+)$/u, '~$<seq>');
    const name = id?.replace(/~\d+$/u, '') ?? null;
    throw new FlightError('in-trash', { directory: session ?? folder, id, name });
  }
  for (const warning of project.warnings) context.warn(warning);
  return project;
}

/** A place that has the name of one in the trash. */
interface TrashPlace {
  readonly folder: AbsolutePath;
  /** the folder in it, `null` for the trash itself */
  readonly session: AbsolutePath | null;
}

async function open(
  context: OperationContext,
): Promise<{ readonly project: Project; readonly inside: TrashPlace | null }> {
  const places = trashPlaces(await real(context.directory));
  try {
    const project = await openProject(context.git, context.directory, context.env);
    for (const place of places)
      if (await isTrashOf(project, place)) return { project, inside: place };
    return { project, inside: null };
  } catch (error) {
    if (!isFlightError(error, 'not-a-repository')) throw error;
    for (const place of places) {
      const repository = await repositoryOfTrash(absolute(dirname(place.folder)));
      if (repository === null) continue;
      const project = await openProject(context.git, repository, context.env);
      // a manifest can name any repository
      if (await isTrashOf(project, place)) return { project, inside: place };
    }
    throw error;
  }
}

/** The folders at or above `directory` that could be a trash by their name, the nearest first. */
function trashPlaces(
  directory: AbsolutePath,
  session: AbsolutePath | null = null,
): readonly TrashPlace[] {
  const parent = absolute(dirname(directory));
  if (parent === directory) return [];
  const above = trashPlaces(parent, directory);
  return trashFolderNames.includes(basename(directory))
    ? [{ folder: directory, session }, ...above]
    : above;
}

/** Is it the trash of `project`, or a folder in which one of its entries waits? */
async function isTrashOf(project: Project, { folder, session }: TrashPlace): Promise<boolean> {
  if (folder === (await real(trashFolder(project)))) return true;
  if (session === null) return false;
  const { trash } = await readRegistry(project.git, project.commonDir);
  return trash.some(({ entry }) => entry.worktree?.path === session);
}

async function repositoryOfTrash(sessionsDir: AbsolutePath): Promise<AbsolutePath | null> {
  const text = await readRegularText(below(sessionsDir, '.manifest.json')).catch(() => '');
  const manifest = parseManifest(text);
  if (manifest.kind !== 'ok' || manifest.repository === null) return null;
  return absolute(manifest.repository);
}
