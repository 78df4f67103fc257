import { mcpServer, type Agent } from './agent.ts';
import { editMatcher } from './edit-tools.ts';

export const cursor: Agent = {
  id: 'cursor',
  name: 'Cursor',
  programs: ['cursor', 'cursor-agent'],
  traces: ['.cursor', '.cursorrules'],
  surfaces: ['skill', 'cursor-command'],
  mcp: {
    files: ['.cursor/mcp.json'],
    format: 'json',
    at: ['mcpServers', 'flight-rules'],
    value: mcpServer,
    empty: {},
  },
  hooks: {
    kind: 'lists',
    file: '.cursor/hooks.json',
    empty: { version: 1 },
    events: [
      ['sessionStart', 'working'],
      ['beforeSubmitPrompt', 'working'],
      ['stop', 'idle'],
      ['sessionEnd', 'gone'],
    ],
    element: (command) => ({ command }),
  },
  guard: {
    kind: 'lists',
    file: '.cursor/hooks.json',
    empty: { version: 1 },
    // refused before the tool runs; what is to be borne in mind it takes only with the result
    events: [
      ['preToolUse', 'pre-edit'],
      ['postToolUse', 'pre-edit'],
    ],
    element: (command) => ({ command, matcher: editMatcher('cursor') }),
  },
  shadows: ['.cursor/skills/<skill>/SKILL.md'],
  trust: 'folder',
  looks: '`/parallel.status` and the other three',
  trustNote: 'the MCP server is switched on in its settings',
};
