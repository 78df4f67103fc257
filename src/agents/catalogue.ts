/**
 * The four workflow commands, as data: what each surface calls them and what they are about. What
 * they say stands in `templates/commands/<id>.md`, with one footer for all; the renderers of
 * `surfaces.ts` make skills, slash commands, prompts and plugin files of it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface CommandArgument {
  /** camelCase, as a prompt takes it */
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

export interface CommandEntry {
  /** the human name, and the dotted slash command */
  readonly id: string;
  /** lower case and hyphens only, as the Agent Skills format asks for */
  readonly skill: string;
  /** underscores: several clients rewrite dots in the names of tools */
  readonly tool: string;
  readonly prompt: string;
  readonly title: string;
  /** what it does and when to use it, at most 1,024 characters: all that a model sees of a skill */
  readonly description: string;
  readonly arguments: readonly CommandArgument[];
  /** shown behind the slash command */
  readonly argumentHint: string;
  /** only the user starts it: where a surface can say so, the model may not by itself */
  readonly userOnly: boolean;
}

/** A command with its text. `FR` in it stands for the program until a spelling replaces it. */
export interface CommandText extends CommandEntry {
  /** Markdown, the footer included, without front matter; ends with a line break */
  readonly body: string;
}

export const commands: readonly CommandEntry[] = [
  {
    id: 'parallel.status',
    skill: 'parallel-status',
    tool: 'parallel_status',
    prompt: 'parallel.status',
    title: 'Parallel sessions: status',
    description:
      'Shows all parallel sessions of this project, who works where, what clashes, what is orphaned, and how to go there. Use when asked what is running, or when unsure where you are.',
    arguments: [{ name: 'session', description: 'one session to show in full', required: false }],
    argumentHint: '[session]',
    userOnly: false,
  },
  {
    id: 'parallel.cleanup',
    skill: 'parallel-cleanup',
    tool: 'parallel_cleanup',
    prompt: 'parallel.cleanup',
    title: 'Parallel sessions: clean up',
    description:
      'Finds orphaned parallel sessions (their folder is gone) and those whose work is home, and cleans up their records and branches after the user agreed. Use when status shows orphans, after a crash, or on request.',
    arguments: [
      { name: 'sessions', description: 'the sessions it is about, else all', required: false },
    ],
    argumentHint: '[session ...]',
    userOnly: false,
  },
  {
    id: 'dev-session.start',
    skill: 'dev-session-start',
    tool: 'dev_session_start',
    prompt: 'dev-session.start',
    title: 'Start a session',
    description:
      'Starts or resumes a working session (context, goals, plan, log), here or in an isolated worktree of its own. Use when the user wants to start a session, or when you were started inside one.',
    arguments: [
      { name: 'goals', description: 'what the session is for, if known', required: false },
    ],
    argumentHint: '[goals]',
    userOnly: false,
  },
  {
    id: 'dev-session.end',
    skill: 'dev-session-end',
    tool: 'dev_session_end',
    prompt: 'dev-session.end',
    title: 'End a session',
    description:
      'Ends a working session (summary, log, progress), and in a parallel session brings the work home by pull request, merge, keep or abandon. Only when the user asks for it.',
    arguments: [
      { name: 'notes', description: 'what the summary should not leave out', required: false },
    ],
    argumentHint: '[notes]',
    userOnly: true,
  },
];

/**
 * The commands with their texts.
 * @param templates the package's `templates` folder
 * @throws what reading a file throws: the package is not whole then
 */
export async function loadCommands(templates: string): Promise<readonly CommandText[]> {
  const read = async (name: string): Promise<string> => {
    const text = await readFile(join(templates, 'commands', `${name}.md`), 'utf8');
    return text.trimEnd();
  };
  const footer = await read('footer');
  return Promise.all(
    commands.map(async (entry) => ({
      ...entry,
      body: `${await read(entry.id)}\n\n${footer}\n`,
    })),
  );
}
