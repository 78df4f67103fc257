/**
 * What there is to say before an agent edits files: that the write leaves its session, and that
 * other sessions have changed the same files. From the file system and the touched-paths file alone;
 * no process is started, nothing in the repository is written.
 *
 * A refusal needs three facts: the agent stands in a session, the write would land in another
 * checkout of the same repository, and `parallel.guard` is `block`. Everything else is advice.
 */
import { lstatSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { readTouched, touchedFile } from '../integration/clash/touched-file.ts';
import { absolute, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { visible } from '../kernel/visible.ts';
import {
  checkoutsAround,
  innermost,
  isSession,
  mainCheckoutOf,
  type Checkout,
  type SessionCheckout,
} from './checkouts.ts';
import { editIn, type Edit } from './edit-input.ts';
import { hearsAdvice } from './edit-tools.ts';
import { guardMode } from './guard-mode.ts';
import type { HookAgent } from './hook-words.ts';
import { newToSay } from './said-before.ts';
import { writeTarget, writeTargets } from './write-target.ts';

export type EditAnswer =
  | { readonly kind: 'silent' }
  | { readonly kind: 'advice'; readonly moment: 'before' | 'after'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string };

export interface EditAsked {
  readonly agent: HookAgent;
  /** what the agent handed in, as parsed; anything */
  readonly input: unknown;
  /** where the hook was started, `null` if that folder is gone */
  readonly directory: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
}

/** What was seen longer ago says little, in milliseconds: seven days. */
const oldestMs = 7 * 24 * 60 * 60 * 1000;

/** More than this nobody reads. */
const mostLines = 8;

/** One write, and in which checkout it would land. */
interface Write {
  /** by the letter */
  readonly given: AbsolutePath;
  /** really */
  readonly target: AbsolutePath;
  readonly checkout: Checkout | null;
}

/** One sentence, and by what it is known again. */
interface Line {
  readonly key: string;
  readonly text: string;
}

const silent: EditAnswer = { kind: 'silent' };

/** @throws Error whatever the file system says */
export async function beforeEdit(asked: EditAsked): Promise<EditAnswer> {
  const edit = editIn(asked.agent, asked.input);
  const directory = edit?.cwd ?? asked.directory;
  if (edit === null || directory === null || !isAbsolute(directory)) return silent;
  const own = sessionAt(directory);
  const writes = writesOf(edit, directory, own);
  const main = mainOf(own, writes);
  const leaving = own === null ? [] : writes.flatMap((write) => leavingLine(write, own));
  const wanted = hearsAdvice(asked.agent, edit.moment);
  const changed = wanted ? writes.flatMap((write) => changedLines(write, own, asked)) : [];
  if (leaving.length === 0 && changed.length === 0) return silent;
  const mode = await guardMode(main, asked.env);
  if (mode === 'off') return silent;
  if (mode === 'block' && leaving.length > 0 && edit.moment === 'before') {
    return { kind: 'refusal', text: refusalText(leaving) };
  }
  if (!wanted) return silent;
  const lines = unsaid([...leaving, ...changed], asked, edit, own ?? writes[0]?.checkout ?? null);
  return lines.length === 0
    ? silent
    : { kind: 'advice', moment: edit.moment, text: adviceText(lines) };
}

/** The session that the agent stands in; `null`: none. */
function sessionAt(directory: string): SessionCheckout | null {
  const real = writeTarget(directory);
  const checkout = real === null ? null : innermost(checkoutsAround(real));
  return isSession(checkout) ? checkout : null;
}

function writesOf(edit: Edit, directory: string, own: Checkout | null): readonly Write[] {
  return edit.paths.flatMap((path) =>
    writeTargets(path, directory).map((target): Write => {
      const around = checkoutsAround(target);
      const ofOwn = around.find((one) => one.commonDir === own?.commonDir) ?? null;
      const given = absolute(path, absolute(directory));
      return { given, target, checkout: ofOwn ?? innermost(around) };
    }),
  );
}

function mainOf(own: Checkout | null, writes: readonly Write[]): AbsolutePath | null {
  const all = [own, ...writes.map(({ checkout }) => checkout)].filter((one) => one !== null);
  const [first] = all;
  // of the repository that it is about, whichever of its checkouts tells
  const same = all.filter(({ commonDir }) => commonDir === first?.commonDir);
  return same.map(mainCheckoutOf).find((root) => root !== null) ?? null;
}

/** Says that a write leaves the session for another checkout of its repository; none: it does not. */
function leavingLine({ given, target, checkout }: Write, own: SessionCheckout): readonly Line[] {
  if (isWithin(target, own.privateDir)) return [];
  const inGitDir = isWithin(target, own.commonDir);
  const same = checkout?.commonDir === own.commonDir ? checkout : null;
  if (!inGitDir && (same === null || same.privateDir === own.privateDir)) return [];
  const there = inGitDir
    ? "the repository's git directory"
    : same?.privateDir === null
      ? 'the main checkout'
      : `another worktree, ${visible(same?.root ?? '')}`;
  const line = (text: string): readonly Line[] => [{ key: `leaves ${target}`, text }];
  if (isWithin(given, own.root)) {
    return line(
      `${visible(given)} leads through a link to ${visible(target)}, in ${there}. Leave what is there alone, or put a file of this session in place of the link.`,
    );
  }
  if (inGitDir || same === null) return line(`${visible(target)} is in ${there}. Leave it alone.`);
  const right = join(own.root, relative(same.root, target));
  return line(
    `${visible(target)} is in ${there}. In your session this file is ${visible(right)}: write that one.`,
  );
}

/** Says which other sessions have changed the file. */
function changedLines(
  { target, checkout }: Write,
  own: Checkout | null,
  { env, now }: EditAsked,
): readonly Line[] {
  if (checkout === null) return [];
  const touched = readTouched(env, checkout.commonDir);
  const path = relative(checkout.root, target).split(sep).join('/');
  if (touched === null || path === '') return [];
  return touched.sessions.flatMap((session): readonly Line[] => {
    const { name, worktree, goal } = session;
    if (worktree === checkout.root || worktree === own?.root) return [];
    const how = touched.changed(session, path);
    const observed = new Date(session.observedAt);
    // an invalid time is not newer than anything
    const fresh = now.getTime() - observed.getTime() <= oldestMs;
    if (how === null || !fresh || (worktree !== null && !isThere(worktree))) return [];
    const about = goal === null ? '' : `; its goal: ${visible(goal)}`;
    const text = `${visible(name)} has changed ${visible(path)} too (${how}), as of ${clockTime(observed, now)}${about}`;
    return [{ key: `changed ${name} ${path}`, text }];
  });
}

/** A session that has left since is none any more. */
function isThere(worktree: string): boolean {
  return lstatSync(join(worktree, '.git'), { throwIfNoEntry: false }) !== undefined;
}

/** The user's own time: the hour, and before today the day too. */
function clockTime(time: Date, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = (one: Date): string =>
    `${one.getFullYear()}-${two(one.getMonth() + 1)}-${two(one.getDate())}`;
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return day(time) === day(now) ? hour : `${day(time)} ${hour}`;
}

function unsaid(
  lines: readonly Line[],
  { agent, env }: EditAsked,
  { conversation }: Edit,
  at: Checkout | null,
): readonly Line[] {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  const all = [...byKey.values()];
  if (at === null) return all;
  const speaker = conversation === null ? null : `${agent} ${conversation}`;
  const fresh = newToSay(touchedFile(env, at.commonDir), speaker, [...byKey.keys()]);
  return all.filter(({ key }) => fresh.includes(key));
}

function refusalText(lines: readonly Line[]): string {
  return `flight-rules refuses this edit, because parallel.guard is "block": it would leave your session.\n${shown(lines)}`;
}

function adviceText(lines: readonly Line[]): string {
  return `From flight-rules, as advice (nothing is blocked):\n${shown(lines)}`;
}

function shown(lines: readonly Line[]): string {
  const texts = [...new Set(lines.map(({ text }) => text))];
  const more = texts.length - mostLines;
  const rest = more > 0 ? [`and ${more} more of this kind.`] : [];
  return [...texts.slice(0, mostLines), ...rest].map((text) => `- ${text}`).join('\n');
}
