import { editGroupOf, groupOf, mcpServer, type Agent } from './agent.ts';

export const claude: Agent = {
  id: 'claude',
  name: 'Claude Code',
  programs: ['claude'],
  traces: ['.claude', 'CLAUDE.md'],
  surfaces: ['skill', 'claude-skill', 'claude-command'],
  mcp: {
    files: ['.mcp.json'],
    format: 'json',
    at: ['mcpServers', 'flight-rules'],
    value: mcpServer,
    empty: {},
  },
  hooks: {
    kind: 'lists',
    file: '.claude/settings.json',
    empty: {},
    events: [
      ['WorktreeCreate', 'worktree-create'],
      ['WorktreeRemove', 'worktree-remove'],
      ['SessionStart', 'working'],
      ['UserPromptSubmit', 'working'],
      ['Notification', 'waiting'],
      ['PermissionRequest', 'waiting'],
      ['Stop', 'idle'],
      ['SessionEnd', 'gone'],
    ],
    element: groupOf,
  },
  guard: {
    kind: 'lists',
    file: '.claude/settings.json',
    empty: {},
    events: [['PreToolUse', 'pre-edit']],
    element: editGroupOf('claude'),
  },
  // its own personal skills and commands win over those of the project
  shadows: ['~/.claude/skills/<skill>/SKILL.md', '~/.claude/commands/<id>.md'],
  trust: 'claude',
  looks:
    '`/parallel.status` and the other three in the menu; the model finds the skills by itself, all but `dev-session-end`',
  trustNote:
    'the MCP server waits for your approval, or for `enabledMcpjsonServers: ["flight-rules"]` in your settings',
};
