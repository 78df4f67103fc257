import { mcpServer, type Agent } from './agent.ts';

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
  shadows: ['.cursor/skills/<skill>/SKILL.md'],
  trust: 'folder',
  looks: '`/parallel.status` and the other three',
  trustNote: 'the MCP server is switched on in its settings',
};
