/** Opens the project a call is about, and tells the face. */
import { basename, dirname } from 'node:path';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { parseManifest } from '../sessions/manifest.ts';
import { openProject, type Project } from '../sessions/project.ts';
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
  const inside = trashedFolder(context.directory);
  const project = await open(context, inside);
  context.located(project.root);
  if (inside !== null && trash === 'refuses') {
    const id = basename(inside).replace(/-(?<seq>\d+)$/u, '~$<seq>');
    const name = id.replace(/~\d+$/u, '');
    throw new FlightError('in-trash', { directory: inside, id, name });
  }
  for (const warning of project.warnings) context.warn(warning);
  return project;
}

async function open(context: OperationContext, inside: AbsolutePath | null): Promise<Project> {
  if (inside === null) return openProject(context.git, context.directory, context.env);
  try {
    return await openProject(context.git, context.directory, context.env);
  } catch (error) {
    if (!isFlightError(error, 'not-a-repository')) throw error;
    const repository = await repositoryOfTrash(absolute(dirname(dirname(inside))));
    if (repository === null) throw error;
    return openProject(context.git, repository, context.env);
  }
}

/** The folder of a session in the trash that `directory` lies in, or `null`. */
function trashedFolder(directory: AbsolutePath): AbsolutePath | null {
  const parent = dirname(directory);
  if (parent === directory) return null;
  if (trashFolderNames.includes(basename(parent))) return directory;
  return trashedFolder(absolute(parent));
}

async function repositoryOfTrash(sessionsDir: AbsolutePath): Promise<AbsolutePath | null> {
  const text = await readRegularText(below(sessionsDir, '.manifest.json')).catch(() => '');
  const manifest = parseManifest(text);
  if (manifest.kind !== 'ok' || manifest.repository === null) return null;
  return absolute(manifest.repository);
}
