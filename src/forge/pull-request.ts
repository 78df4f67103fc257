/** What gh and glab are asked for and what they answer, whichever of them it is. Pure. */

export interface PullRequest {
  readonly url: string;
  readonly number: number;
}

interface PullRequestQuery {
  readonly branch: string;
  /** the branch it goes into, as the remote calls it */
  readonly base: string;
  /** owner of the repository pushed to; `null` if it is not known or there is only one */
  readonly owner: string | null;
  /** is the branch on the remote already? for what a failure says */
  readonly pushed: boolean;
}

interface PullRequestDraft extends PullRequestQuery {
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

/** One program that opens pull requests. */
export interface Forge {
  readonly program: 'gh' | 'glab';
  /**
   * The open pull request of this branch, one into `base` first. `null` if there is none.
   * @throws FlightError `forge-failed`; a failed question is not a "no"
   */
  readonly findOpen: (query: PullRequestQuery) => Promise<PullRequest | null>;
  /** @throws FlightError `forge-failed` if it fails or prints no address */
  readonly create: (draft: PullRequestDraft) => Promise<PullRequest>;
}

/**
 * The address printed by a program: a line that is an address of a pull request and nothing else
 * (a title may hold one, too), the last of them.
 */
export function printedPullRequest(stdout: string): PullRequest | null {
  const found = stdout
    .split(/\r?\n/u)
    .flatMap((line) => parsePullRequestUrl(line.trim()) ?? [])
    .at(-1);
  return found ?? null;
}

/** `https://…/pull/7`, `https://…/-/merge_requests/7`; `null` for anything else. */
export function parsePullRequestUrl(text: string): PullRequest | null {
  const match = /^https?:\/\/[^\s/@]+\/\S+\/(?:pull|pulls|merge_requests)\/(\d{1,15})$/u.exec(text);
  const digits = match?.[1];
  return digits === undefined ? null : { url: text, number: Number(digits) };
}

/** Both forges refuse longer titles. */
const titleLimit = 255;

/** One line without control characters; the branch's name where nothing is left. */
export function fitTitle(title: string, branch: string): string {
  const line = title.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(line === '' ? branch : line);
  return characters.length <= titleLimit
    ? characters.join('')
    : `${characters.slice(0, titleLimit - 1).join('')}…`;
}

const cutNote = '\n\n(Shortened: the whole text is longer than a description can be.)\n';

/**
 * A body that the forge takes, cut at a line and saying so.
 * @param limit in bytes of UTF-8
 */
export function fitBody(body: string, limit: number): string {
  const text = body.replaceAll('\0', '');
  if (Buffer.byteLength(text) <= limit) return text;
  const room = limit - Buffer.byteLength(cutNote);
  // a character cut in two becomes one replacement character at the end, which goes
  const head = Buffer.from(text)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD$/u, '');
  const newline = head.lastIndexOf('\n');
  return (newline > room / 2 ? head.slice(0, newline) : head) + cutNote;
}
