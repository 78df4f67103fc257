/**
 * The home of a record: a random id that this repository made for itself, in a file of its common
 * dir. `refs/flight-rules/*` can arrive from elsewhere (a mirror clone, a fetch of `refs/*:refs/*`)
 * and a record speaks of folders and branches; a file is not fetched. What does not carry our id
 * was not written here: it is shown, and never acted on.
 *
 * A copy of the whole repository carries the id along; there the links tell (`links.ts`).
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeSynced } from '../kernel/durable.ts';
import { isErrno } from '../kernel/errno.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { privateFolder } from './project.ts';

function homeFile(commonDir: AbsolutePath): AbsolutePath {
  return below(privateFolder({ commonDir }), 'home');
}

/** The id, or `null` if nothing was ever recorded here. */
export async function readHome(commonDir: AbsolutePath): Promise<string | null> {
  try {
    const id = (await readFile(homeFile(commonDir), 'utf8')).trim();
    return id === '' ? null : id;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/**
 * The id; made if there is none. It appears whole, by a link: of two that make one at once the
 * first wins, and both answer the same.
 */
export async function ensureHome(commonDir: AbsolutePath): Promise<string> {
  const known = await readHome(commonDir);
  if (known !== null) return known;
  const file = homeFile(commonDir);
  const temporary = below(privateFolder({ commonDir }), `home.${randomUUID()}`);
  await mkdir(dirname(file), { recursive: true });
  await writeSynced(temporary, `${randomUUID()}\n`);
  try {
    await link(temporary, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readHome(commonDir)) ?? ensureHome(commonDir);
}
