/**
 * Tasks of a project: the headings below `docs/implementation/` that have a `**Status**` line, as
 * v0.15.8 writes them (`## 3.8.1. Title`, `**Status**: ✅ Complete`) or by hand. Parsing is pure;
 * reading takes regular files of the checkout only and is bounded in files, depth and bytes.
 */
import { below, type AbsolutePath } from '../kernel/path.ts';
import { namesWithin, readWithin } from './bounded-read.ts';
import { headingsOf, openLines } from './markdown.ts';

export type TaskState = 'planned' | 'in-progress' | 'complete' | 'other';

export interface ParsedTask {
  /** the number of its heading, `3.8.1`; without one its title in kebab-case */
  readonly id: string;
  readonly title: string;
  /** as it stands there, e.g. `🔵 Planned` */
  readonly status: string;
  readonly state: TaskState;
  /** where `status` stands in the text */
  readonly start: number;
  readonly end: number;
}

export interface Task extends ParsedTask {
  /** relative to the checkout, with `/` */
  readonly file: string;
}

const taskFolder: readonly string[] = ['docs', 'implementation'];

const most = { files: 500, depth: 6, bytes: 256 * 1024 };

/** The tasks of one file, in its order. Of several status lines below a heading the first counts. */
export function parseTasks(text: string): readonly ParsedTask[] {
  const headings = headingsOf(text);
  const tasks: ParsedTask[] = [];
  let at = -1;
  let taken = -1;
  for (const line of openLines(text)) {
    while ((headings[at + 1]?.start ?? Infinity) <= line.start) at += 1;
    const heading = headings[at];
    const match = /^[ \t]*(?:[-*+][ \t]+)?\*\*Status(?:\*\*[ \t]*:|:\*\*)/iu.exec(line.text);
    if (match === null || heading === undefined || taken === at) continue;
    taken = at;
    const rest = line.text.slice(match[0].length);
    const status = rest.trim();
    const start = line.start + match[0].length + (rest.length - rest.trimStart().length);
    const { id, title } = named(heading.title);
    tasks.push({ id, title, status, state: stateOf(status), start, end: start + status.length });
  }
  return tasks;
}

/** `3.8.1. Title`, `Task 4: Title` and `Title` alone. */
function named(heading: string): { readonly id: string; readonly title: string } {
  const match = /^(?:task\s+)?(?<id>\d+(?:\.\d+)*)[.:)]?\s+(?<title>\S.*)$/iu.exec(heading);
  const { id, title } = match?.groups ?? {};
  if (id !== undefined && title !== undefined) {
    return { id, title: title.replace(/^[-–—:]\s+/u, '') };
  }
  const slug =
    heading
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join('-') ?? '';
  return { id: slug === '' ? 'task' : slug, title: heading };
}

/** What a status says, by its words: symbols before them are for the eye. */
export function stateOf(status: string): TaskState {
  const words = status
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (/^(?:in progress|in review|wip|started|ongoing|doing|active)\b/u.test(words)) {
    return 'in-progress';
  }
  if (/^(?:planned|todo|to do|open|not started|pending|backlog|ready)\b/u.test(words)) {
    return 'planned';
  }
  if (/^(?:complete|completed|done|finished|closed|implemented)\b/u.test(words)) return 'complete';
  if (words !== '') return 'other';
  if (status.includes('🟡')) return 'in-progress';
  if (status.includes('🔵')) return 'planned';
  return status.includes('✅') ? 'complete' : 'other';
}

export interface ReadTasks {
  readonly tasks: readonly Task[];
  /** files that were not read or not to their end: too many, too large, or leading elsewhere */
  readonly unread: number;
}

/** All tasks, by file name and then in the order of the file. @param checkout real path */
export async function readTasks(checkout: AbsolutePath): Promise<ReadTasks> {
  const { files, more } = await markdownFiles(checkout, taskFolder, 0);
  const tasks: Task[] = [];
  let unread = more + Math.max(0, files.length - most.files);
  for (const file of files.slice(0, most.files)) {
    const read = await readWithin(checkout, below(checkout, ...file), most.bytes);
    if (read.kind !== 'text') unread += 1;
    else {
      if (read.cut) unread += 1;
      const path = file.join('/');
      tasks.push(...parseTasks(read.text).map((one) => ({ ...one, file: path })));
    }
  }
  return { tasks, unread };
}

async function markdownFiles(
  checkout: AbsolutePath,
  folder: readonly string[],
  depth: number,
): Promise<{ readonly files: readonly (readonly string[])[]; readonly more: number }> {
  const files: (readonly string[])[] = [];
  let more = 0;
  const names = await namesWithin(checkout, below(checkout, ...folder));
  const sorted = names.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  for (const { name, kind } of sorted) {
    if (files.length > most.files) return { files, more: more + 1 };
    const path = [...folder, name];
    if (kind === 'file' && /\.md$/iu.test(name)) files.push(path);
    if (kind !== 'folder') continue;
    if (depth >= most.depth) more += 1;
    else {
      const inner = await markdownFiles(checkout, path, depth + 1);
      files.push(...inner.files);
      more += inner.more;
    }
  }
  return { files, more };
}
