import { editGroupOf, groupOf, mcpServer, type Agent } from './agent.ts';

export const gemini: Agent = {
  id: 'gemini',
  name: 'Gemini CLI',
  programs: ['gemini'],
  traces: ['.gemini', 'GEMINI.md'],
  surfaces: ['skill', 'gemini-command'],
  mcp: {
    files: ['.gemini/settings.json'],
    format: 'json',
    at: ['mcpServers', 'flight-rules'],
    value: mcpServer,
    empty: {},
  },
  hooks: {
    kind: 'lists',
    file: '.gemini/settings.json',
    empty: {},
    events: [
      ['SessionStart', 'working'],
      ['BeforeAgent', 'working'],
      ['Notification', 'waiting'],
      ['AfterAgent', 'idle'],
      ['SessionEnd', 'gone'],
    ],
    element: groupOf,
  },
  guard: {
    kind: 'lists',
    file: '.gemini/settings.json',
    empty: {},
    // refused before the tool runs; what is to be borne in mind it takes only with the result
    events: [
      ['BeforeTool', 'pre-edit'],
      ['AfterTool', 'pre-edit'],
    ],
    element: editGroupOf('gemini'),
  },
  // of `.gemini/skills` and `.agents/skills` the latter wins
  shadows: [],
  trust: 'gemini',
  looks: '`/parallel.status` and the other three',
  trustNote: 'skills, MCP server and hooks work only in a folder that is trusted',
};
