// The guard is asked for apart: a hook before edits, for the tools that edit and no other.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { agentsDoctor } from '../../src/operations/agents-doctor.ts';
import { init } from '../../src/operations/init.ts';
import { uninstall } from '../../src/operations/uninstall.ts';
import { upgrade } from '../../src/operations/upgrade.ts';
import { checkout, report } from '../support/checkout.ts';

const line = (agent: string): RegExp => new RegExp(`flight-rules"? hook ${agent} pre-edit`, 'u');

describe('where the hook goes', () => {
  test.each([
    ['claude', '.claude/settings.json', 'PreToolUse', 'Edit|MultiEdit|Write|NotebookEdit'],
    ['codex', '.codex/hooks.json', 'PreToolUse', 'apply_patch'],
    ['gemini', '.gemini/settings.json', 'BeforeTool', 'write_file|replace'],
    ['gemini', '.gemini/settings.json', 'AfterTool', 'write_file|replace'],
    ['cursor', '.cursor/hooks.json', 'preToolUse', 'Write|Delete'],
    ['cursor', '.cursor/hooks.json', 'postToolUse', 'Write|Delete'],
    ['copilot', '.github/hooks/flight-rules-guard.json', 'preToolUse', 'edit|create|apply_patch'],
  ])('%s: %s, %s', async (agent, file, event, matcher) => {
    const here = await checkout();
    await here.run(init, { agents: agent, guard: true });
    const { hooks } = JSON.parse(here.read(file)) as { hooks: Record<string, unknown[]> };
    expect(hooks[event]).toEqual([expect.objectContaining({ matcher })]);
    expect(JSON.stringify(hooks[event])).toMatch(line(agent));
    // nobody asked for the others
    expect(JSON.stringify(hooks)).not.toContain('working');
  });

  test('of Copilot it never fails: that one takes a failure for a refusal', async () => {
    const here = await checkout();
    await here.run(init, { agents: 'copilot', guard: true });
    expect(here.read('.github/hooks/flight-rules-guard.json')).toMatch(/pre-edit \|\| true"/u);
  });
});

test('without --guard there is none; once asked for it stays, and goes with the rest', async () => {
  const here = await checkout({ '.claude/settings.json': '{\n  "model": "x"\n}\n' });
  const start = here.files();
  await here.run(init, { agents: 'claude', hooks: true });
  expect(here.read('.claude/settings.json')).not.toContain('pre-edit');
  const { by } = report(await here.run(init, { guard: true }));
  expect(by['.claude/settings.json#hooks.PreToolUse']).toBe('written');
  const installed = here.files();
  const again = report(await here.run(init, { agents: 'claude' }));
  expect(new Set(Object.values(again.by))).toEqual(new Set(['unchanged']));
  await here.run(upgrade);
  expect(here.files()).toEqual(installed);
  const outcome = await here.run(agentsDoctor);
  const text = JSON.stringify(outcome);
  expect(text).toMatch(/"hooks","PreToolUse"\],"surface":"hook","state":"installed"/u);
  await here.run(uninstall);
  expect(here.files()).toEqual(start);
});

test('what others hook there stays, before and after', async () => {
  const theirs = '{"matcher": "Bash", "hooks": [{"type": "command", "command": "theirs"}]}';
  const before = `{\n  "hooks": {\n    "PreToolUse": [${theirs}]\n  }\n}\n`;
  const here = await checkout({ '.claude/settings.json': before });
  await here.run(init, { agents: 'claude', guard: true });
  const { hooks } = JSON.parse(here.read('.claude/settings.json')) as {
    hooks: { PreToolUse: unknown[] };
  };
  expect(hooks.PreToolUse).toEqual([JSON.parse(theirs), expect.anything()]);
  await here.run(uninstall);
  expect(here.read('.claude/settings.json')).toBe(before);
});

describe("opencode's plugin", () => {
  /** Runs one edit as opencode would, with `answer` on the standard output of our command. */
  async function edit(answer: string): Promise<unknown> {
    const here = await checkout();
    await here.run(init, { agents: 'opencode', guard: true });
    const plugin = '.opencode/plugins/flight-rules-guard.js';
    expect(here.read(plugin)).toMatch(line('opencode'));
    const command = /const command = (?<text>".*");/u.exec(here.read(plugin))?.groups?.['text'];
    const ours = `cat > asked.json; ${answer}`;
    const text = here.read(plugin).replace(command ?? '', () => JSON.stringify(ours));
    here.write('plugin.mjs', text);
    const script = `
      const { FlightRulesGuard } = await import(${JSON.stringify(pathToFileURL(join(here.root, 'plugin.mjs')).href)});
      const hooks = await FlightRulesGuard({ directory: process.cwd() });
      const call = (tool) => ({ tool, sessionID: 's', callID: 'c' });
      const args = { filePath: '/x' };
      const result = { output: 'done' };
      await hooks['tool.execute.before'](call('bash'), { args }).catch(() => (result.output = 'bash'));
      try {
        await hooks['tool.execute.before'](call('edit'), { args });
        await hooks['tool.execute.after'](call('edit'), result);
      } catch (error) {
        result.refused = error.message;
      }
      console.log(JSON.stringify(result));`;
    const options = { cwd: here.root, encoding: 'utf8' } as const;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
    expect(JSON.parse(here.read('asked.json'))).toEqual({
      cwd: here.root,
      session_id: 's',
      tool_name: 'edit',
      tool_input: { filePath: '/x' },
    });
    return JSON.parse(said);
  }

  test.each([
    ['advice is added to the result', `echo '{"advice":"mind it"}'`, { output: 'done\n\nmind it' }],
    ['a refusal stops it', `echo '{"refused":"no"}'`, { output: 'done', refused: 'no' }],
    ['silence changes nothing', 'true', { output: 'done' }],
    ['nor does a failure', 'echo nonsense; exit 3', { output: 'done' }],
  ])('%s', async (_what, answer, expected) => {
    expect(await edit(answer)).toEqual(expected);
  });
});
