import { mcpServer, type Agent } from './agent.ts';
import { editMatcher } from './edit-tools.ts';

export const copilot: Agent = {
  id: 'copilot',
  name: 'GitHub Copilot CLI',
  programs: ['copilot'],
  traces: ['.github/copilot-instructions.md', '.github/hooks', '.github/skills'],
  surfaces: ['skill', 'claude-command'],
  mcp: {
    files: ['.mcp.json'],
    format: 'json',
    at: ['mcpServers', 'flight-rules'],
    value: mcpServer,
    empty: {},
  },
  hooks: {
    kind: 'file',
    file: '.github/hooks/flight-rules.json',
    events: [
      ['sessionStart', 'working'],
      ['userPromptSubmitted', 'working'],
      ['sessionEnd', 'gone'],
    ],
    text: (command) => {
      const hook = (event: 'working' | 'gone'): unknown => [
        { type: 'command', bash: command(event), timeoutSec: 10 },
      ];
      const hooks = {
        sessionStart: hook('working'),
        userPromptSubmitted: hook('working'),
        sessionEnd: hook('gone'),
      };
      return `${JSON.stringify({ version: 1, hooks }, null, 2)}\n`;
    },
  },
  guard: {
    kind: 'file',
    file: '.github/hooks/flight-rules-guard.json',
    events: [['preToolUse', 'pre-edit']],
    text: (command) => {
      // it takes a hook that fails for a refusal: where the program is missing, nothing is refused
      const bash = `${command('pre-edit')} || true`;
      const hook = { type: 'command', matcher: editMatcher('copilot'), bash, timeoutSec: 10 };
      return `${JSON.stringify({ version: 1, hooks: { preToolUse: [hook] } }, null, 2)}\n`;
    },
  },
  shadows: ['.github/skills/<skill>/SKILL.md'],
  trust: 'folder',
  looks: '`/parallel.status` and the other three; skills by name',
  trustNote: 'the MCP server is hidden until the folder is trusted',
};
