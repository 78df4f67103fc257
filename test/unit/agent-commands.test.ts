// The texts of the four commands: what they must say, how long they are, and that each command of
// ours in them is one that this version has.
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands, loadCommands, type CommandText } from '../../src/agents/catalogue.ts';
import { commandBody, render, type Surface } from '../../src/agents/surfaces.ts';
import { parseArguments } from '../../src/faces/cli/parse.ts';
import { operations } from '../../src/operations/index.ts';

const templates = fileURLToPath(new URL('../../templates', import.meta.url));
const surfaces: readonly Surface[] = [
  'skill',
  'claude-skill',
  'claude-command',
  'cursor-command',
  'opencode-command',
  'gemini-command',
];
const npx =
  'npx --no-install --prefix "$(dirname "$(git rev-parse --path-format=absolute --git-common-dir)")" flight-rules';

let texts: ReadonlyMap<string, CommandText>;
beforeAll(async () => {
  texts = new Map((await loadCommands(templates)).map((one) => [one.id, one]));
});

const of = (id: string): CommandText => {
  const found = texts.get(id);
  if (found === undefined) throw new Error(`no command ${id}`);
  return found;
};

/** What a good answer to each demand says; white space of any kind where there is a blank. */
const demands: readonly (readonly [string, string, string])[] = [
  ['parallel.status', 'runs parallel status', '`FR parallel status --json`'],
  [
    'parallel.status',
    'all active sessions with metadata',
    'name, state, goal, ahead and behind of its base, changes, since when, who',
  ],
  [
    'parallel.status',
    'clear navigation instructions',
    'How to go there: for the session your user asks about `cd <worktree> && <agent>`',
  ],
  [
    'parallel.status',
    'flags orphaned sessions for cleanup',
    'brought back or cleaned up (`/parallel.cleanup`)',
  ],
  ['parallel.cleanup', 'runs parallel cleanup', '`FR parallel cleanup --landed --dry-run --json`'],
  ['parallel.cleanup', 'detects orphaned sessions', '`orphaned`: the folder is gone'],
  [
    'parallel.cleanup',
    'cleans up manifest and branches',
    '`FR parallel cleanup NAME… --yes --json`',
  ],
  ['parallel.cleanup', 'only on the word of the user', 'Nothing is done without an answer'],
  [
    'parallel.cleanup',
    'reports results clearly',
    'Report per session, out of this answer and not out of the plan',
  ],
  ['dev-session.start', 'asks after the goals are set', 'asks *standard or parallel*'],
  [
    'dev-session.start',
    'the option is presented clearly',
    'parallel session: it gets a worktree and a branch of its own',
  ],
  ['dev-session.start', 'the worktree is created and registered', 'It registers the session'],
  [
    'dev-session.start',
    'the log holds the worktree',
    'writes the log, with worktree and branch in its head',
  ],
  [
    'dev-session.end',
    'detects the parallel session',
    'the tool knows whether this is a parallel session',
  ],
  ['dev-session.end', 'offers all four strategies', 'pull request, merge, keep, abandon'],
  [
    'dev-session.end',
    'executes the strategy and cleans up',
    'what was put away, how it comes back',
  ],
];

test.each(demands)('%s: %s', (id, _what, sentence) => {
  const flat = of(id).body.replaceAll(/\s+/gu, ' ');
  expect(flat).toContain(sentence);
});

describe.each(commands.map(({ id }) => id))('%s', (id) => {
  test('fits into forty lines on every surface', () => {
    for (const surface of surfaces) {
      const { text } = render(surface, of(id), npx);
      expect(text.split('\n').length).toBeLessThan(40);
    }
  });

  test('asks for JSON, and says what exit 4, 5, 6 and 7 ask for', () => {
    const { body } = of(id);
    expect(body).toMatch(/`FR [^`]*--json/u);
    for (const said of ['Exit 6', 'Exit 4 and 5', 'Exit 7', '`decision.choices`', '`next`']) {
      expect(body).toContain(said);
    }
  });

  test('never replaces the tool by git', () => {
    const { body } = of(id);
    const own = body.split('\n').filter((line) => !line.startsWith('**Always.**'));
    expect(own.join('\n')).not.toMatch(/git (?:worktree|branch|stash|checkout|merge|reset)/u);
    expect(body).toContain('do not stand in for it');
  });

  test('names only commands that are there, with flags they have', async () => {
    for (const args of commandsIn(of(id).body)) {
      const entry = operations.find(({ name }) => args.join(' ').startsWith(name));
      // told of here before they are in the table, and tried as soon as they are
      if (entry === undefined && args[0] === 'dev-session') continue;
      if (entry === undefined) throw new Error(`no such command: ${args.join(' ')}`);
      const rest = args.slice(entry.name.split(' ').length);
      const { globals } = parseArguments(await entry.load(), rest);
      expect({ args, json: globals.json }).toEqual({ args, json: true });
    }
  });

  test('holds nothing that a client would replace or run', () => {
    for (const surface of surfaces) {
      const { text } = render(surface, of(id), npx);
      expect(text).not.toMatch(/!`|\$\d|\$ARGUMENTS|\{\{|[!@]\{|(?:^|\s)@\w/mu);
    }
  });
});

test('the program is spelled out everywhere', () => {
  for (const command of texts.values()) {
    const said = commandBody(command, npx);
    expect(said).not.toMatch(/\bFR\b/u);
    expect(said).toContain(`\`${npx} `);
  }
});

test('nothing tells of commands of a later version', () => {
  for (const { body } of texts.values()) {
    expect(body).not.toMatch(/parallel (?:open|setup|env)\b/u);
  }
});

/** The calls in a text, as words; what stands for a value stays as it is written. */
function commandsIn(body: string): readonly (readonly string[])[] {
  const calls = [...body.matchAll(/`FR (?<call>[^`]+)`/gu)].map(({ groups }) => {
    const call = (groups?.['call'] ?? '').replace(/ <<.*$/u, '').replaceAll(/[[\]…]/gu, '');
    return [...call.matchAll(/"(?<quoted>[^"]*)"|\S+/gu)].map(
      (word) => word.groups?.['quoted'] ?? word[0],
    );
  });
  expect(calls.length).toBeGreaterThan(0);
  return calls;
}

test('templates hold the texts, one file a command and one footer', () => {
  const footers = [...texts.values()].map(({ body }) => body.trimEnd().split('\n').at(-1));
  expect(new Set(footers).size).toBe(1);
});
