/**
 * The workflow commands as prompts: the texts that are installed for agents without a server, with
 * each command in them named as the call of a tool, if there is one. A client that shows no prompts lacks nothing.
 */
import { commands, loadCommands, type CommandText } from '../../agents/catalogue.ts';
import { templatesFolder } from '../../kernel/package-folder.ts';
import { callOf } from './arguments.ts';
import type { GetPromptResult, Prompt } from './kit.ts';
import type { Toolbox } from './toolbox.ts';

/** Those whose tool is there. */
export function listedPrompts(toolbox: Toolbox): Prompt[] {
  return commands
    .filter(({ tool }) => toolbox.has(tool))
    .map(({ prompt, title, description, arguments: all }) => ({
      name: prompt,
      title,
      description,
      arguments: all.map((one) => ({ ...one })),
    }));
}

/** @returns `null` if there is no such prompt */
export async function prompt(
  toolbox: Toolbox,
  name: string,
  given: Readonly<Record<string, string>>,
): Promise<GetPromptResult | null> {
  const texts = await loadCommands(templatesFolder());
  const found = texts.find((one) => one.prompt === name && toolbox.has(one.tool));
  if (found === undefined) return null;
  const text = `${lead}\n\n${withCalls(found, toolbox)}${said(found, given)}`;
  return {
    description: found.description,
    messages: [{ role: 'user', content: { type: 'text', text } }],
  };
}

const lead =
  'The commands below are tools of the server this text comes from: make the tool call. ' +
  'Further flags are its arguments (`--commit` is `commit`), and your own directory is `directory`, wherever you are not where the server was started. ' +
  'Exit 6 is an answer with `decision`; exit 4, 5 and 7 are answers with `error`. Where a `command` is to be run, make the `call` beside it, as it stands. ' +
  'What is spelled `flight-rules …` is no tool of this server (`flight-rules mcp --all` serves more): run it at a command line, or hand it to your user.';

/** What the user has said, for the arguments that there are. */
function said({ arguments: all }: CommandText, given: Readonly<Record<string, string>>): string {
  const lines = all.flatMap(({ name, description }) => {
    const value = given[name]?.trim() ?? '';
    return value === '' ? [] : [`- ${description}: ${value}`];
  });
  return lines.length === 0 ? '' : `\nFrom your user:\n\n${lines.join('\n')}\n`;
}

/** A text that is piped in on a command line, and what is said about the shell's way to do it. */
const piped =
  / --summary-file - (?<more>[^`]*?) <<'(?<end>\w+)'`, the text, and `\k<end>` on a line of its own/u;

/**
 * `FR parallel status NAME --json` -> `parallel_status {"name":"NAME"}`; what is no tool of this
 * server stays a command line.
 */
function withCalls({ body }: CommandText, toolbox: Toolbox): string {
  return body
    .replace(piped, (_, more: string) => ` --summary-file - ${more}\` (\`summary\` is the text)`)
    .replaceAll(
      /`FR (?<line>[^`]+)`/gu,
      (_, line: string) => called(line, toolbox) ?? `\`flight-rules ${line}\``,
    );
}

function called(line: string, toolbox: Toolbox): string | null {
  const summary = line.includes('--summary-file -');
  const words = wordsOf(line.replace('--summary-file -', '').replaceAll(/\[[^\]]*\]/gu, ''));
  const call = callOf(toolbox, words, null);
  if (call === null) return null;
  const values = { ...(summary ? { summary: 'TEXT' } : {}), ...call.arguments };
  return `\`${call.tool} ${JSON.stringify(values)}\``;
}

/** The words of a command as our texts write them: `"…"` quotes, and nothing else does. */
function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|\S+/gu) ?? [];
  return words.map((word) => word.replaceAll('"', '').replace(/…$/u, ''));
}
