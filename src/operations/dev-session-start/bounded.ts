/**
 * The context within its bounds: so many of each, so many bytes in all, and what was left out is
 * counted. Pure.
 */
import type { StartContext } from '../shapes/dev-session-start.ts';

/** Of the JSON text. */
const mostBytes = 8000;

const most = { nextSteps: 20, tasks: 20, progress: 5, sessions: 10, paths: 20, unfinished: 10 };

/** Characters of one text. */
const mostCharacters = 300;

type Lists = Pick<StartContext, 'nextSteps' | 'tasks' | 'progress' | 'sessions' | 'unfinished'>;
type ListName = keyof Lists;
type Omitted = Record<keyof StartContext['omitted'], number>;

/** In this order the last entries of a list are given up. */
const names: readonly ListName[] = ['progress', 'nextSteps', 'tasks', 'unfinished', 'sessions'];

/** @param files task files that were not read to their end */
export function bounded(all: Lists, files: number): StartContext {
  const omitted: Omitted = {
    nextSteps: 0,
    tasks: 0,
    progress: 0,
    sessions: 0,
    paths: 0,
    unfinished: 0,
    texts: 0,
    files,
  };
  let lists = cutLists(all, omitted);
  for (let characters = mostCharacters; ; characters = 120) {
    lists = cutTexts(lists, characters, omitted);
    if (bytes(lists, omitted) <= mostBytes || characters === 120) break;
  }
  if (bytes(lists, omitted) > mostBytes) lists = cutPaths(lists, 5, omitted);
  while (bytes(lists, omitted) > mostBytes) {
    const shorter = withoutLast(lists, omitted);
    if (shorter === null) break;
    lists = shorter;
  }
  return report(lists, omitted);
}

function report(lists: Lists, omitted: Omitted): StartContext {
  const counted = Object.fromEntries(Object.entries(omitted).filter(([, many]) => many > 0));
  return { ...lists, omitted: counted };
}

function bytes(lists: Lists, omitted: Omitted): number {
  return Buffer.byteLength(JSON.stringify(report(lists, omitted)));
}

function cutLists(all: Lists, omitted: Omitted): Lists {
  const first = <T>(name: ListName, list: readonly T[]): readonly T[] => {
    omitted[name] += Math.max(0, list.length - most[name]);
    return list.slice(0, most[name]);
  };
  const lists: Lists = {
    nextSteps: first('nextSteps', all.nextSteps),
    tasks: first('tasks', all.tasks),
    progress: first('progress', all.progress),
    sessions: first('sessions', all.sessions),
    unfinished: first('unfinished', all.unfinished),
  };
  return cutPaths(lists, most.paths, omitted);
}

function cutPaths(lists: Lists, many: number, omitted: Omitted): Lists {
  const sessions = lists.sessions.map((one) => {
    omitted.paths += Math.max(0, (one.paths?.length ?? 0) - many);
    return { ...one, paths: one.paths?.slice(0, many) ?? null };
  });
  return { ...lists, sessions };
}

/** The last entry of the list that takes most room goes; `null` if all are empty. */
function withoutLast(lists: Lists, omitted: Omitted): Lists | null {
  const sizes = names.map((name) => ({
    name,
    size: lists[name].length === 0 ? 0 : Buffer.byteLength(JSON.stringify(lists[name])),
  }));
  const largest = sizes.reduce((one, other) => (other.size > one.size ? other : one));
  if (largest.size === 0) return null;
  omitted[largest.name] += 1;
  return { ...lists, [largest.name]: lists[largest.name].slice(0, -1) };
}

function cutTexts(lists: Lists, characters: number, omitted: Omitted): Lists {
  const cut = (text: string): string => {
    if (text.length <= characters) return text;
    // one that was cut before is counted once
    const again =
      characters < mostCharacters && text.endsWith('…') && text.length <= mostCharacters + 1;
    if (!again) omitted.texts += 1;
    const last = text.charCodeAt(characters - 1);
    const half = last >= 0xd800 && last < 0xdc00;
    return `${text.slice(0, half ? characters - 1 : characters)}…`;
  };
  return {
    nextSteps: lists.nextSteps.map(cut),
    tasks: lists.tasks.map((task) => ({
      ...task,
      title: cut(task.title),
      status: cut(task.status),
    })),
    progress: lists.progress.map(({ title, text }) => ({ title: cut(title), text: cut(text) })),
    sessions: lists.sessions.map((one) => ({ ...one, goals: one.goals.map(cut) })),
    unfinished: lists.unfinished.map((one) => ({ ...one, goals: one.goals.map(cut) })),
  };
}
