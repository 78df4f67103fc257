// init as a program: at a terminal it asks for whom, elsewhere it says what is to be decided.
import { expect, test } from 'vitest';
import { checkout } from '../support/checkout.ts';
import { atTerminal, cli, json, releasedProgram } from '../support/cli.ts';

test('at a terminal Enter takes those that are found', async () => {
  const here = await checkout({ '.cursor/rules/x.mdc': 'x' });
  const steps = [['For which agents', '\r']] as const;
  const ended = await atTerminal(releasedProgram, ['-C', here.root, 'init'], steps, {
    env: { ...here.env, PATH: process.env['PATH'] ?? '' },
  });
  expect(ended.exit).toBe(0);
  expect(here.has('.cursor/commands/parallel.status.md')).toBe(true);
  expect(ended.stdout).toContain('.cursor/commands/parallel.status.md');
});

test('elsewhere it is a decision, an unknown name a mistake with a suggestion', async () => {
  const here = await checkout({ '.cursor/rules/x.mdc': 'x' });
  const start = here.files();
  const asked = await cli(releasedProgram, ['-C', here.root, 'init', '--json']);
  expect(asked.exit).toBe(6);
  expect(json(asked)).toMatchObject({ ok: false, decision: { id: 'agents' } });
  const wrong = await cli(releasedProgram, ['-C', here.root, 'init', '--agents', 'cusror']);
  expect(wrong.exit).toBe(2);
  expect(wrong.stderr).toContain('Did you mean cursor?');
  expect(here.files()).toEqual(start);
});

test('what could not be done is exit 1, with everything in the data of the error', async () => {
  const here = await checkout({ '.mcp.json': '{' });
  const args = ['-C', here.root, 'init', '--agents', 'claude', '--no-mcp', '--json'];
  expect((await cli(releasedProgram, args)).exit).toBe(0);
  const ended = await cli(
    releasedProgram,
    args.filter((word) => word !== '--no-mcp'),
  );
  expect(ended.exit).toBe(1);
  expect(json(ended)).toMatchObject({
    ok: false,
    error: { code: 'install-incomplete', data: { problems: [{ path: '.mcp.json' }] } },
  });
});
