/** The tables of docs/agents.md, made of what `init` goes by; its prose is written by hand. */
import type { Agent, HookPlace } from '../../agents/agent.ts';
import { agents } from '../../agents/all.ts';
import { commands } from '../../agents/catalogue.ts';
import { desiredParts, hookCommand, type PackageTexts } from '../../agents/desired.ts';
import { spellingOf } from '../../agents/spelling.ts';

const begin = '<!-- generated:begin -->';
const end = '<!-- generated:end -->';

/** `page` with the tables of today between its marks. */
export function agentsPage(page: string, texts: PackageTexts): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new TypeError('docs/agents.md has lost its marks');
  const tables = agents.flatMap((agent) => section(agent, texts)).join('\n');
  return `${page.slice(0, from + begin.length)}\n\n${tables}\n${page.slice(to)}`;
}

function section(agent: Agent, texts: PackageTexts): readonly string[] {
  const extras = { mcp: true, hooks: true, guard: true, gitattributes: false, templates: false };
  const parts = desiredParts([agent], extras, texts, spellingOf('path'), () => false);
  const own = parts.filter((part) => part.agents.includes(agent.id));
  const files = own.filter(({ surface }) => surface === 'skill' || surface === 'command');
  const groups = new Map<string, string>();
  for (const { path, surface } of files) {
    groups.set(pattern(path), surface === 'skill' ? 'skills' : 'slash commands');
  }
  const mcp = own
    .filter(({ surface }) => surface === 'mcp')
    .map((part) => {
      const at = 'at' in part ? part.at.join('.') : '';
      return `| \`${part.path}\` | MCP server, only the key \`${at}\` |`;
    });
  const { hooks, guard } = agent;
  const kindOf = ({ kind }: HookPlace): string =>
    kind === 'lists' ? 'elements of its lists' : 'a file of our own';
  return [
    `### ${agent.name} (\`${agent.id}\`)`,
    '',
    `${upper(agent.looks)}. Trust: ${agent.trustNote}.`,
    '',
    '| where | what |',
    '| --- | --- |',
    ...[...groups].map(([path, kind]) => `| \`${path}\` | ${kind} |`),
    ...mcp,
    `| \`${hooks.file}\` | with \`--hooks\`: ${kindOf(hooks)} |`,
    `| \`${guard.file}\` | with \`--guard\`: ${kindOf(guard)} |`,
    '',
    '| its event | command of the hook |',
    '| --- | --- |',
    ...[...hooks.events, ...guard.events].map(
      ([name, event]) =>
        `| \`${name}\` | \`${hookCommand(agent.id, event, spellingOf('path'))}\` |`,
    ),
    '',
  ];
}

/** The four files of one kind as one. */
function pattern(path: string): string {
  const found = commands.find(
    ({ id, skill }) => path.includes(`/${id}.`) || path.includes(`/${skill}/`),
  );
  if (found === undefined) return path;
  return path.replace(`/${found.skill}/`, '/NAME/').replace(`/${found.id}.`, '/NAME.');
}

function upper(text: string): string {
  return text.replace(/^[a-z]/u, (letter) => letter.toUpperCase());
}
