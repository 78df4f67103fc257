/** What should be in a project for the agents chosen: every part of ours, with its text. Pure. */
import type { Agent, HookEvent, HookPlace, Spelling } from './agent.ts';
import type { CommandText } from './catalogue.ts';
import { markedBlock } from './edit-text.ts';
import type { Part, PartSurface } from './part.ts';
import { render, type Surface } from './surfaces.ts';

/** What is asked for apart from the commands themselves. */
export interface Extras {
  readonly mcp: boolean;
  readonly hooks: boolean;
  readonly guard: boolean;
  readonly gitattributes: boolean;
  readonly templates: boolean;
}

/** The texts of the package that are installed. */
export interface PackageTexts {
  readonly commands: readonly CommandText[];
  readonly block: string;
  /** by file name */
  readonly hooks: ReadonlyMap<string, string>;
  /** by file name */
  readonly docTemplates: ReadonlyMap<string, string>;
}

/** A part, and for whom it is there; none: for the project as a whole. */
export type DesiredPart = Part & { readonly agents: readonly string[] };

/** The line by which git itself merges the progress log as our merges do. */
const unionLine = 'docs/progress.md merge=union';

/**
 * @param exists whether a file is in the project: some agents read one of several
 */
export function desiredParts(
  chosen: readonly Agent[],
  extras: Extras,
  texts: PackageTexts,
  spelling: Spelling,
  exists: (path: string) => boolean,
): readonly DesiredPart[] {
  const parts: DesiredPart[] = [];
  for (const agent of chosen) {
    const own = [
      ...commandParts(agent, texts, spelling),
      ...(extras.mcp ? [mcpPart(agent, spelling, exists)] : []),
      ...(extras.hooks ? hookParts(agent, agent.hooks, texts, spelling) : []),
      ...(extras.guard ? hookParts(agent, agent.guard, texts, spelling) : []),
    ];
    for (const part of own) parts.push({ ...part, agents: [agent.id] });
  }
  if (chosen.length > 0) {
    const text = markedBlock(texts.block.replaceAll(/\bFR\b/gu, () => spelling.shell));
    parts.push({ kind: 'block', path: 'AGENTS.md', surface: 'instructions', text, agents: [] });
  }
  if (extras.gitattributes) {
    const common = { path: '.gitattributes', surface: 'gitattributes', agents: [] } as const;
    parts.push({ kind: 'line', text: unionLine, ...common });
  }
  if (extras.templates) {
    for (const [name, text] of texts.docTemplates) {
      const path = `.flight-rules/doc-templates/${name}`;
      parts.push({ kind: 'file', path, surface: 'template', text, agents: [] });
    }
  }
  return merged(parts);
}

function commandParts(agent: Agent, texts: PackageTexts, spelling: Spelling): readonly Part[] {
  return agent.surfaces.flatMap((surface) =>
    texts.commands.map((command) => ({
      kind: 'file' as const,
      surface: partSurface(surface),
      ...render(surface, command, spelling.shell),
    })),
  );
}

function partSurface(surface: Surface): PartSurface {
  return surface === 'skill' || surface === 'claude-skill' ? 'skill' : 'command';
}

function mcpPart(agent: Agent, spelling: Spelling, exists: (path: string) => boolean): Part {
  const { files, format, at, value, empty } = agent.mcp;
  const path = files.find(exists) ?? files[0] ?? '';
  return { kind: 'key', surface: 'mcp', path, format, at, value: value(spelling), empty };
}

function hookParts(
  agent: Agent,
  hooks: HookPlace,
  texts: PackageTexts,
  spelling: Spelling,
): readonly Part[] {
  const command = (event: HookEvent): string => hookCommand(agent.id, event, spelling);
  switch (hooks.kind) {
    case 'lists':
      return hooks.events.map(([name, event]) => ({
        kind: 'element' as const,
        surface: 'hook' as const,
        path: hooks.file,
        at: ['hooks', name],
        value: hooks.element(command(event)),
        empty: hooks.empty,
        // two providers would make two worktrees
        ...(event.startsWith('worktree-') ? { alone: true as const } : {}),
      }));
    case 'file': {
      const template = texts.hooks.get(hooks.template ?? '') ?? null;
      const text = hooks.text(command, template);
      return [{ kind: 'file', surface: 'hook', path: hooks.file, text }];
    }
  }
}

/** Never another one in a later version: clients trust a hook by its exact text. */
export function hookCommand(agent: string, event: HookEvent, spelling: Spelling): string {
  return `${spelling.shell} hook ${agent} ${event}`;
}

/** One part for all agents that share it. */
function merged(parts: readonly DesiredPart[]): readonly DesiredPart[] {
  const byId = new Map<string, DesiredPart>();
  for (const part of parts) {
    const id = `${part.path}#${'at' in part ? part.at.join('/') : ''}`;
    const same = byId.get(id);
    const agents = [...new Set([...(same?.agents ?? []), ...part.agents])];
    byId.set(id, { ...(same ?? part), agents });
  }
  return [...byId.values()];
}
