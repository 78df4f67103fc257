/**
 * What was handed in to `dev-session end`, kept in the private git dir until it is written and
 * committed: the call that answers the question of the strategy need not repeat it, and a call
 * that was cut off can be made again without it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { syncDirectory, writeSynced } from '../kernel/durable.ts';
import { isErrno } from '../kernel/errno.ts';
import { faultPoint } from '../kernel/faults.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { noFileCodes, readRegularText } from '../kernel/regular-file.ts';

const DraftSchema = z.looseObject({
  schema: z.literal(1),
  /** `null`: none was given */
  summary: z.nullable(z.string()),
  next: z.array(z.string()),
  learned: z.array(z.string()),
  /** `ID=STATUS` */
  tasks: z.array(z.string()),
  /** the log it goes into, relative; decided before anything is written */
  log: z.optional(z.string()),
});

export type Draft = z.infer<typeof DraftSchema>;

export const emptyDraft: Draft = { schema: 1, summary: null, next: [], learned: [], tasks: [] };

function fileOf(gitDir: AbsolutePath): AbsolutePath {
  return below(gitDir, 'flight-rules', 'draft.json');
}

/** One that is not there, or cannot be read as one, is empty. */
export async function readDraft(gitDir: AbsolutePath): Promise<Draft> {
  try {
    const parsed = DraftSchema.safeParse(JSON.parse(await readRegularText(fileOf(gitDir))));
    return parsed.success ? parsed.data : emptyDraft;
  } catch (error) {
    if (error instanceof SyntaxError || isErrno(error, 'ENOENT', 'ENOTDIR', ...noFileCodes)) {
      return emptyDraft;
    }
    throw error;
  }
}

/** A newer text replaces an older one; what is not given stays. */
export function mergeDraft(draft: Draft, given: Partial<Draft>): Draft {
  const list = (key: 'next' | 'learned' | 'tasks'): string[] =>
    given[key] === undefined || given[key].length === 0 ? draft[key] : given[key];
  return {
    ...draft,
    summary: given.summary ?? draft.summary,
    next: list('next'),
    learned: list('learned'),
    tasks: list('tasks'),
    ...(given.log === undefined ? {} : { log: given.log }),
  };
}

export function isEmpty({ summary, next, learned, tasks }: Draft): boolean {
  return summary === null && next.length + learned.length + tasks.length === 0;
}

/** Whole or not at all, and on the disk when it returns. */
export async function writeDraft(gitDir: AbsolutePath, draft: Draft): Promise<void> {
  const file = fileOf(gitDir);
  await mkdir(dirname(file), { recursive: true });
  faultPoint('end.draft:before');
  // two may write at once, each its own: the later one stands
  const temporary = `${file}.${randomUUID()}`;
  await writeSynced(temporary, `${JSON.stringify(draft)}\n`);
  await rename(temporary, file);
  await syncDirectory(dirname(file));
  faultPoint('end.draft:after');
}

/** All of it stands in committed files now. */
export async function dropDraft(gitDir: AbsolutePath): Promise<void> {
  faultPoint('end.draft-removal:before');
  await rm(fileOf(gitDir), { force: true });
  faultPoint('end.draft-removal:after');
}
