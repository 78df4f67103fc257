/**
 * The commands on each surface: where the file lies and what stands in it. Pure.
 *
 * `.agents/skills` is read by nearly every agent; `.claude/skills` by Claude Code, which reads no
 * other. Where an agent has slash commands, each has a dotted one too, and says all by itself: a
 * command that leads to a skill fails where skills are off. No text holds a placeholder for
 * arguments: all of these agents append what was typed behind the command.
 */
import type { CommandText } from './catalogue.ts';
import { withFrontMatter } from './front-matter.ts';

export type Surface =
  | 'skill'
  | 'claude-skill'
  | 'claude-command'
  | 'cursor-command'
  | 'opencode-command'
  | 'gemini-command';

/** A file of ours, before it is on any disk. */
export interface RenderedFile {
  /** below the project, with slashes */
  readonly path: string;
  readonly text: string;
}

/** How the program is called in texts, for a POSIX shell: `flight-rules`, or a longer form. */
export type ShellSpelling = string;

/** What a command says, the program spelled out: also the text of its MCP prompt. */
export function commandBody(command: Pick<CommandText, 'body'>, spelling: ShellSpelling): string {
  // a function, since `$(` in a replacement text could have a meaning
  return command.body.replaceAll(/\bFR\b/gu, () => spelling);
}

export function render(
  surface: Surface,
  command: CommandText,
  spelling: ShellSpelling,
): RenderedFile {
  const { id, skill, description } = command;
  const body = commandBody(command, spelling);
  const own = command.userOnly ? { 'disable-model-invocation': true } : {};
  switch (surface) {
    case 'skill':
      return {
        path: `.agents/skills/${skill}/SKILL.md`,
        text: withFrontMatter({ name: skill, description }, body),
      };
    case 'claude-skill':
      // the dotted command is in the menu already: twice the same would be one too many
      return {
        path: `.claude/skills/${skill}/SKILL.md`,
        text: withFrontMatter({ name: skill, description, 'user-invocable': false, ...own }, body),
      };
    case 'claude-command': {
      const hint = { 'argument-hint': command.argumentHint };
      return {
        path: `.claude/commands/${id}.md`,
        text: withFrontMatter({ description, ...hint, ...own }, body),
      };
    }
    case 'cursor-command':
      // Cursor shows the file as it is: no front matter
      return { path: `.cursor/commands/${id}.md`, text: body };
    case 'opencode-command':
      return {
        path: `.opencode/commands/${id}.md`,
        text: withFrontMatter({ description }, body),
      };
    case 'gemini-command':
      return { path: `.gemini/commands/${id}.toml`, text: geminiToml(description, body) };
  }
}

/**
 * A literal multi-line string takes the text as it stands, backslashes included. A basic one is
 * the way out for a text that holds its end mark.
 */
function geminiToml(description: string, body: string): string {
  const prompt = body.includes("'''") ? JSON.stringify(body) : `'''\n${body}'''`;
  return `description = ${JSON.stringify(description)}\nprompt = ${prompt}\n`;
}
