import type { Agent } from './agent.ts';

export const opencode: Agent = {
  id: 'opencode',
  name: 'opencode',
  programs: ['opencode'],
  traces: ['.opencode', 'opencode.json', 'opencode.jsonc'],
  surfaces: ['skill', 'opencode-command'],
  mcp: {
    files: ['opencode.json', 'opencode.jsonc'],
    format: 'json',
    at: ['mcp', 'flight-rules'],
    value: ({ mcp }) => ({
      type: 'local',
      command: [mcp.command, ...mcp.args],
      enabled: true,
    }),
    empty: { $schema: 'https://opencode.ai/config.json' },
  },
  hooks: {
    kind: 'file',
    file: '.opencode/plugins/flight-rules.js',
    template: 'opencode.js',
    events: [
      ['session.status', 'working'],
      ['permission.updated', 'waiting'],
      ['session.idle', 'idle'],
    ],
    text: (command, template) => {
      const commands = Object.fromEntries(
        (['working', 'waiting', 'idle'] as const).map((event) => [event, command(event)]),
      );
      // a function: `$(` in a replacement text could have a meaning
      return (template ?? '').replace("'COMMANDS'", () => JSON.stringify(commands, null, 2));
    },
  },
  guard: {
    kind: 'file',
    file: '.opencode/plugins/flight-rules-guard.js',
    template: 'opencode-guard.js',
    events: [
      ['tool.execute.before', 'pre-edit'],
      ['tool.execute.after', 'pre-edit'],
    ],
    text: (command, template) =>
      (template ?? '').replace("'COMMAND'", () => JSON.stringify(command('pre-edit'))),
  },
  shadows: ['.opencode/skill/<skill>/SKILL.md', '.opencode/skills/<skill>/SKILL.md'],
  trust: 'none',
  looks: '`/parallel.status` and the other three',
  trustNote: 'nothing has to be trusted',
};
