/** The tasks that belong to a session, and those whose status this call sets. */
import { FlightError } from '../../kernel/errors.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { readCheckoutFile, type CheckoutFile } from '../../workflow/checkout-file.ts';
import { withStatus } from '../../workflow/task-status.ts';
import { parseTasks, readTasks, type Task } from '../../workflow/tasks-read.ts';
import { parseTaskFlag } from './input.ts';

export interface ReportedTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly file: string;
}

export interface TaskPlan {
  readonly writes: readonly {
    readonly file: CheckoutFile;
    readonly text: string;
    readonly step: string;
  }[];
  /** those in progress, named by `goals`, or set */
  readonly shown: (goals: readonly string[]) => readonly ReportedTask[];
}

/** @param flags `ID=STATUS` each. @throws FlightError `no-such-task`, `ambiguous-task`, `odd-file` */
export async function planTasks(
  checkout: AbsolutePath,
  flags: readonly string[],
): Promise<TaskPlan> {
  const { tasks } = await readTasks(checkout);
  const files = new Map<string, { readonly file: CheckoutFile; text: string }>();
  const set = new Set<string>();
  for (const { id, state } of flags.map(parseTaskFlag)) {
    const task = taskOf(tasks, id);
    const known = files.get(task.file);
    const file = known?.file ?? (await readTaskFile(checkout, task.file));
    const text = known?.text ?? file.text ?? '';
    const all = parseTasks(text);
    const now = all.find((one) => one.id === task.id && one.title === task.title);
    if (now === undefined) throw new FlightError('plan-changed', { name: task.file, what: 'Text' });
    files.set(task.file, { file, text: withStatus(text, now, all, state) });
    set.add(`${task.file}#${task.id}`);
  }
  const changed = tasks.map((task) => {
    const text = files.get(task.file)?.text;
    const now = text === undefined ? undefined : parseTasks(text).find((one) => one.id === task.id);
    return now === undefined ? task : { ...now, file: task.file };
  });
  return {
    writes: [...files.values()].map(({ file, text }) => ({ file, text, step: 'tasks' })),
    shown: (goals) =>
      changed
        .filter(
          (task) =>
            task.state === 'in-progress' ||
            set.has(`${task.file}#${task.id}`) ||
            goals.some((goal) => names(goal, task)),
        )
        .map(({ id, title, status, file }) => ({ id, title, status, file })),
  };
}

async function readTaskFile(checkout: AbsolutePath, path: string): Promise<CheckoutFile> {
  const file = await readCheckoutFile(checkout, path);
  if (file.encoding === 'utf8') return file;
  throw new FlightError('odd-file', { file: path, what: 'no text in UTF-8' });
}

/** By id, or `file#id` where several files have it. */
function taskOf(tasks: readonly Task[], id: string): Task {
  const found = tasks.filter((task) => task.id === id || `${task.file}#${task.id}` === id);
  const [only, other] = found;
  if (only === undefined) {
    const known = tasks.map((task) => task.id).slice(0, 20);
    throw new FlightError('no-such-task', { task: id, known });
  }
  if (other === undefined) return only;
  const ids = found.map((task) => `${task.file}#${task.id}`);
  throw new FlightError('ambiguous-task', { task: id, ids });
}

/** Does a goal speak of the task: by its title, or by its number as a word of its own? */
function names(goal: string, task: Task): boolean {
  if (goal.trim() === task.title) return true;
  if (!/^\d+(?:\.\d+)+$/u.test(task.id)) return false;
  return goal.split(/[^\d.]+/u).some((word) => word.replace(/\.$/u, '') === task.id);
}
