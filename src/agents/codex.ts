import { editGroupOf, groupOf, mcpServer, type Agent } from './agent.ts';

export const codex: Agent = {
  id: 'codex',
  name: 'Codex',
  programs: ['codex'],
  traces: ['.codex'],
  surfaces: ['skill'],
  mcp: {
    files: ['.codex/config.toml'],
    format: 'toml',
    at: ['mcp_servers', 'flight-rules'],
    value: mcpServer,
    empty: {},
  },
  hooks: {
    kind: 'lists',
    file: '.codex/hooks.json',
    empty: {},
    events: [
      ['SessionStart', 'working'],
      // it has no event for a prompt; the first request to the model is the next thing to happen
      ['PreModelRequest', 'working'],
      ['PermissionRequest', 'waiting'],
      ['Interrupt', 'idle'],
      ['Stop', 'idle'],
      ['SessionEnd', 'gone'],
    ],
    element: groupOf,
  },
  guard: {
    kind: 'lists',
    file: '.codex/hooks.json',
    empty: {},
    events: [['PreToolUse', 'pre-edit']],
    element: editGroupOf('codex'),
  },
  shadows: ['.codex/skills/<skill>/SKILL.md'],
  trust: 'codex',
  looks: '`$parallel-status` and the other three, or `/skills`',
  trustNote:
    'MCP server and hooks are passed over until the folder is trusted (`trust_level` in its own `config.toml`); each hook is trusted by itself',
};
