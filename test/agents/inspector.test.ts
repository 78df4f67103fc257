// The MCP Inspector itself, against the packed server: it lists and calls.
import { beforeAll, describe, expect, test } from 'vitest';
import { makeGround, programOf, run, succeeded, type Ground } from './support/ground.ts';

const inspector = programOf('inspector');

describe.skipIf(inspector === null)(`MCP Inspector (${inspector?.spec ?? 'absent'})`, () => {
  let ground: Ground;

  beforeAll(() => {
    ground = makeGround();
  });

  async function ask(...more: readonly string[]): Promise<unknown> {
    const argv = [...(inspector?.argv ?? []), '--cli', 'flight-rules', 'mcp', ...more];
    const ended = await run(argv, { cwd: ground.project, env: ground.env });
    return JSON.parse(succeeded(ended).stdout) as unknown;
  }

  test('it lists the tools', async () => {
    const { tools } = (await ask('--method', 'tools/list')) as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      'dev_session_end',
      'dev_session_start',
      'parallel_cleanup',
      'parallel_conflicts',
      'parallel_create',
      'parallel_remove',
      'parallel_restore',
      'parallel_status',
    ]);
  });

  test('it lists the prompts', async () => {
    const { prompts } = (await ask('--method', 'prompts/list')) as { prompts: { name: string }[] };
    expect(prompts.map(({ name }) => name).toSorted()).toEqual([
      'dev-session.end',
      'dev-session.start',
      'parallel.cleanup',
      'parallel.status',
    ]);
  });

  test('it calls a tool', async () => {
    const made = await ask(
      '--method',
      'tools/call',
      '--tool-name',
      'parallel_create',
      '--tool-arg',
      'name=seen',
    );
    expect(made).toMatchObject({ structuredContent: { ok: true, data: { created: true } } });
    const status = await ask('--method', 'tools/call', '--tool-name', 'parallel_status');
    expect(status).toMatchObject({
      structuredContent: { ok: true, data: { sessions: [{ name: 'seen' }] } },
    });
  });
});
