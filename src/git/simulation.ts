/**
 * Asking "what would come out?" without leaving a trace. Merges and trees that are only looked at
 * are written to a temporary object directory, which reads through to the repository's objects.
 *
 * - alternates do not nest through the variable, so the repository's own are named beside it;
 * - the working directory is the temporary one: merge drivers put their scratch files there;
 * - nothing is fetched (`GIT_ALLOW_PROTOCOL=` empty): in a partial clone the question fails.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { gitWith, type Git } from './git.ts';
import { offline } from './environment.ts';
import { makeRoom, removeRoom } from './rooms.ts';

export interface Simulation {
  /** git whose new objects go to the temporary directory */
  readonly git: Git;
  /** where it is to be run */
  readonly cwd: AbsolutePath;
}

/** The temporary directory could not be made: a verdict that needs it is unknown. */
export class NoSimulation extends Error {
  constructor(cause: unknown) {
    super('no temporary directory can be made', { cause });
    this.name = 'NoSimulation';
  }
}

/**
 * Runs `body` with a git that leaves the repository untouched; its objects go when it ends.
 * @param repository its common directory
 * @throws NoSimulation if there is no place for temporary objects
 */
export async function withPrivateObjects<T>(
  git: Git,
  repository: { readonly commonDir: AbsolutePath },
  body: (simulation: Simulation) => Promise<T>,
): Promise<T> {
  const room = await openRoom();
  try {
    return await body(await simulationIn(git, repository, room));
  } finally {
    await removeRoom(room);
  }
}

/** One simulation for many questions: made by the first that needs it, gone with `close`. */
export interface SharedSimulation {
  /** @throws NoSimulation as `withPrivateObjects` */
  readonly simulate: <T>(body: (simulation: Simulation) => Promise<T>) => Promise<T>;
  /** after the last question */
  readonly close: () => Promise<void>;
}

export function sharedSimulation(
  git: Git,
  repository: { readonly commonDir: AbsolutePath },
): SharedSimulation {
  let room: Promise<AbsolutePath> | null = null;
  let simulation: Promise<Simulation> | null = null;
  const open = async (): Promise<Simulation> => {
    room ??= openRoom();
    return simulationIn(git, repository, await room);
  };
  return {
    simulate: async (body) => body(await (simulation ??= open())),
    close: async () => {
      const made = await room?.catch(() => null);
      if (made !== null && made !== undefined) await removeRoom(made);
    },
  };
}

async function simulationIn(
  git: Git,
  repository: { readonly commonDir: AbsolutePath },
  room: AbsolutePath,
): Promise<Simulation> {
  const env = await simulatedEnvironment(repository.commonDir, room);
  return { git: gitWith(git, env), cwd: below(room, 'tree') };
}

async function openRoom(): Promise<AbsolutePath> {
  try {
    const room = await makeRoom();
    await mkdir(below(room, 'objects'));
    await mkdir(below(room, 'tree'));
    return room;
  } catch (cause) {
    throw new NoSimulation(cause);
  }
}

async function simulatedEnvironment(
  commonDir: AbsolutePath,
  room: AbsolutePath,
): Promise<Record<string, string>> {
  return {
    GIT_DIR: commonDir,
    GIT_WORK_TREE: below(room, 'tree'),
    ...(await privateObjects(commonDir, below(room, 'objects'))),
    ...offline,
    ...nobody,
  };
}

/** Commits made for a question are nobody's. */
export const nobody: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: 'flight-rules',
  GIT_AUTHOR_EMAIL: 'flight-rules@localhost',
  GIT_COMMITTER_NAME: 'flight-rules',
  GIT_COMMITTER_EMAIL: 'flight-rules@localhost',
};

/** What makes git write new objects to `folder`, and read those of the repository too. */
export async function privateObjects(
  commonDir: AbsolutePath,
  folder: AbsolutePath,
): Promise<Record<string, string>> {
  const objects = below(commonDir, 'objects');
  return {
    GIT_OBJECT_DIRECTORY: folder,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [objects, ...(await ownAlternates(objects))]
      .map(quoted)
      .join(delimiter),
  };
}

/** git's quoting for the variable: a path with the separator or a leading quote is C-quoted. */
function quoted(path: string): string {
  if (!path.includes(delimiter) && !path.startsWith('"')) return path;
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The alternates of an object directory, and theirs; git follows five levels. */
async function ownAlternates(objects: AbsolutePath, depth = 0): Promise<AbsolutePath[]> {
  if (depth > 5) return [];
  const text = await readFile(below(objects, 'info', 'alternates'), 'utf8').catch(() => '');
  const direct = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => absolute(line, objects));
  const nested = await Promise.all(direct.map((path) => ownAlternates(path, depth + 1)));
  return [...direct, ...nested.flat()];
}
