// The workflow commands as prompts: the installed texts, with tool calls for commands.
import { expect, test } from 'vitest';
import { commands } from '../../src/agents/catalogue.ts';
import { eras, mcpClient, type Json } from '../support/mcp.ts';
import { temporaryFolder } from '../support/repo.ts';

interface Listed {
  readonly name: string;
  readonly inputSchema: { readonly properties: Readonly<Record<string, unknown>> };
}

test.each(eras)('each prompt names tools and arguments that are there (%s)', async (era) => {
  const client = await mcpClient(era, { cwd: temporaryFolder() });
  const { result: tools } = await client.request('tools/list');
  const listed = new Map((tools as { tools: Listed[] }).tools.map((tool) => [tool.name, tool]));
  const { result } = await client.request('prompts/list');
  const { prompts } = result as { prompts: { name: string; arguments: { name: string }[] }[] };
  expect(prompts.map(({ name }) => name)).toEqual(
    commands.filter(({ tool }) => listed.has(tool)).map((one) => one.prompt),
  );
  const end = await client.request('prompts/get', { name: 'dev-session.end' });
  expect(JSON.stringify(end['result'])).toContain(
    '`flight-rules parallel sync NAME --leave-conflicts --json`',
  );
  for (const { name, arguments: all } of prompts) {
    const given = Object.fromEntries(all.map((one) => [one.name, `said of ${one.name}`]));
    const got = await client.request('prompts/get', { name, arguments: given });
    const { messages } = got['result'] as { messages: { content: { text: string } }[] };
    const text = messages.map(({ content }) => content.text).join('\n');
    for (const one of all) expect(text).toContain(`said of ${one.name}`);
    // no shell is left in it, but for what is no tool here
    const other = /`flight-rules parallel sync NAME [^`]*`/gu;
    expect(text.replaceAll(other, '')).not.toMatch(/\bFR\b|--json|--yes|<<|--summary-file/u);
    const calls = [...text.matchAll(/`(?<tool>[a-z_]+) (?<values>\{[^`]*\})`/gu)];
    expect(calls.length).toBeGreaterThan(0);
    for (const { groups } of calls) {
      const tool = listed.get(groups?.['tool'] ?? '');
      const values = JSON.parse(groups?.['values'] ?? '') as Json;
      expect(Object.keys(tool?.inputSchema.properties ?? {})).toEqual(
        expect.arrayContaining(Object.keys(values)),
      );
    }
  }
  expect((await client.request('prompts/get', { name: 'none' }))['error']).toMatchObject({
    code: -32602,
  });
});
