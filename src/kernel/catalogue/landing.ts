/** Errors of the queue that lands sessions one after the other. */
import { ours, theirs } from '../suggestion.ts';
import { entry, holderText, listed, nothingChanged, type Holder } from './entry.ts';

/** What became of a queue: `data` of an answer, and of these errors. */
interface Landed {
  readonly landed: readonly { readonly name: string; readonly stillThere?: string | undefined }[];
  readonly published?: readonly { readonly name: string }[] | undefined;
  readonly sentBack: readonly {
    readonly name: string;
    readonly reason: string;
    readonly message: string;
    readonly with?: string | undefined;
  }[];
  readonly remaining: readonly string[];
  /** what stopped the queue, if something did */
  readonly stopped?: { readonly code: string; readonly message: string } | undefined;
  readonly [more: string]: unknown;
}

function story(data: Landed): string {
  const home = [...data.landed, ...(data.published ?? [])];
  const back = data.sentBack.map(({ name, message }) => `${name}: ${message}`);
  const there = data.landed.flatMap(({ name, stillThere }) =>
    stillThere === undefined ? [] : [`${name}: ${stillThere}`],
  );
  const sentences = [
    `${home.length} of ${home.length + back.length + data.remaining.length} ${data.published === undefined ? 'came home' : 'in review'}${home.length === 0 ? '' : `: ${home.map(({ name }) => name).join(', ')}`}.`,
    ...(back.length === 0 ? [] : [`Sent back:${listed(back)}`]),
    ...(there.length === 0 ? [] : [`Landed, but not put away:${listed(there)}`]),
    ...(data.stopped === undefined ? [] : [`It stopped: ${data.stopped.message}`]),
    ...(data.remaining.length === 0 ? [] : [`Still to land:${listed(data.remaining)}`]),
  ];
  return sentences.join('\n');
}

const intact = ({ published }: Landed): string =>
  published === undefined
    ? 'What was sent back or remains is exactly as it was.'
    : 'What was sent back or remains is as it was here; what was pushed stays pushed.';

function ways(data: Landed): ReturnType<typeof ours>[] {
  const there = data.landed.find(({ stillThere }) => stillThere !== undefined);
  return [
    ...(there === undefined
      ? []
      : [ours(['parallel', 'remove', there.name, '--strategy', 'merge'], 'puts it away')]),
    ...(data.remaining.length === 0
      ? []
      : [ours(['parallel', 'land', '--resume'], 'goes on with what remains')]),
    // of one that left or got other commits status has nothing to say
    ...data.sentBack
      .filter(({ reason }) => reason !== 'changed')
      .slice(0, 3)
      .map(({ name, reason }) =>
        reason === 'conflicts'
          ? ours(
              ['parallel', 'sync', name, '--leave-conflicts'],
              'brings its base in; resolve there, --continue, then land it again',
            )
          : ours(['parallel', 'status', name], `shows how ${name} stands`),
      ),
  ];
}

export const landingErrors = {
  'land-conflicts': entry<Landed>({
    exit: 5,
    retryable: false,
    when: 'Of the sessions that were to land at least one conflicts with its base.',
    message: story,
    safe: intact,
    hints: ways,
  }),
  'land-incomplete': entry<Landed>({
    exit: 1,
    retryable: false,
    when: 'Of the sessions that were to land at least one did not, and none conflicts.',
    message: story,
    safe: intact,
    hints: ways,
  }),
  'base-red': entry<{
    base: string;
    command: string;
    exit: number | null;
    output: string;
    again: readonly string[];
  }>({
    exit: 4,
    retryable: false,
    when: 'Verification fails on the base itself, so it cannot tell which session is at fault.',
    message: (d) =>
      `Verification fails on ${d.base} itself (exit ${d.exit}):${listed([d.command])}${d.output.trim() === '' ? '' : `\n${d.output.trim()}`}`,
    safe: () => 'The base was not moved, and the sessions are unchanged.',
    hints: (d) => [ours(d.again, 'sends back only what fails in another way than the base')],
  }),
  'queue-busy': entry<{ holder: Holder; token?: string; command?: readonly string[] }>({
    exit: 7,
    retryable: true,
    when: 'Another command is landing sessions right now.',
    message: (d) => `Sessions are being landed already: ${holderText(d.holder)}.`,
    safe: nothingChanged,
    hints: (d) => [
      ours(['parallel', 'status'], 'shows how far it is'),
      ...(d.token === undefined
        ? []
        : [
            ours(
              [...(d.command ?? ['parallel', 'land']), '--break-lock', d.token],
              'only if that process is gone for good: nobody can see it from here',
            ),
          ]),
    ],
  }),
  'queue-interrupted': entry<{
    remaining: readonly string[];
    token: string;
    command: readonly string[];
  }>({
    exit: 4,
    retryable: false,
    when: 'A queue of landings was cut off and waits to be gone on with.',
    message: (d) =>
      `A queue of landings was cut off.${d.remaining.length === 0 ? '' : ` Still to land:${listed(d.remaining)}`}`,
    safe: nothingChanged,
    hints: (d) => [
      ours(['parallel', 'land', '--resume'], 'finishes it'),
      ours(
        [...d.command, '--break-lock', d.token],
        'forgets it and does this instead; its sessions stay as they are',
      ),
    ],
  }),
  'queue-newer': entry<{ commonDir: string; oid: string }>({
    exit: 4,
    retryable: false,
    when: 'The queue of landings was written by a newer version, which may be at work on it.',
    message: () => 'A queue of landings is there that a newer flight-rules wrote.',
    safe: nothingChanged,
    hints: (d) => [
      theirs(['npm', 'install', 'flight-rules@latest'], 'gets a newer flight-rules'),
      theirs(
        ['git', '-C', d.commonDir, 'update-ref', '-d', 'refs/flight-rules/queue', d.oid],
        'only if nobody is landing: forgets that queue, its sessions stay as they are',
      ),
    ],
  }),
};
