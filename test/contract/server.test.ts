// The server as a process: what it lists, what it bears, and how it ends.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { releasedProgram } from '../support/cli.ts';
import { eras, mcpClient, toolAnswer, type Json } from '../support/mcp.ts';
import { gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

/** Runs as post-checkout of the next session; answers the file it waits for. */
function slowHook(root: string): { readonly began: string; readonly goOn: string } {
  const folder = temporaryFolder();
  const [began, goOn] = [join(folder, 'began'), join(folder, 'go-on')];
  const wait = `touch '${began}'; while [ ! -e '${goOn}' ]; do sleep 0.05; done`;
  writeFileSync(join(root, '.git/hooks/post-checkout'), `#!/bin/sh\n${wait}\n`, { mode: 0o755 });
  return { began, goOn };
}

function errorCode(result: Json): unknown {
  return (toolAnswer(result).envelope['error'] as Json)['code'];
}

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test.each(eras)('tools/list is small and the same every time (%s)', async (era) => {
  const { root } = makeRepo();
  const client = await mcpClient(era, { cwd: root });
  const first = await client.request('tools/list');
  const second = await client.request('tools/list');
  expect(first['result']).toEqual(second['result']);
  expect(Buffer.byteLength(first.line)).toBeLessThan(8_000);
  const all = await mcpClient(era, { cwd: root, args: ['mcp', '--all'] });
  const more = await all.request('tools/list');
  const names = (answer: Json): string[] =>
    (answer['result'] as { tools: { name: string }[] }).tools.map(({ name }) => name);
  expect(names(first).slice(0, 3)).toEqual([
    'parallel_status',
    'parallel_create',
    'parallel_cleanup',
  ]);
  expect(names(more)).toEqual(expect.arrayContaining([...names(first), 'trust_list', 'config']));
  expect(names(more).join(' ')).not.toContain('grant');
  expect(await client.close()).toEqual({ exit: 0, signal: null, stderr: '' });
});

test.each(['legacy', 'auto'] as const)('a client of the kit is served (%s)', async (mode) => {
  const { root } = makeRepo();
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [releasedProgram, 'mcp'],
    cwd: root,
    env: { ...process.env } as Record<string, string>,
  });
  await client.connect(transport);
  await client.listTools();
  // it checks the answer against the tool's output schema
  const made = await client.callTool({ name: 'parallel_create', arguments: { name: 'auth' } });
  expect(made.structuredContent).toMatchObject({ ok: true, data: { created: true } });
  const asked = await client.callTool({ name: 'parallel_remove', arguments: { name: 'auth' } });
  expect(asked.isError).toBeUndefined();
  expect(asked.structuredContent).toMatchObject({ ok: false, decision: { id: 'strategy' } });
  const refused = await client.callTool({ name: 'parallel_remove', arguments: { name: 'none' } });
  expect(refused).toMatchObject({ isError: true, structuredContent: { ok: false } });
});

test('lines that are no messages, and huge ones, are answered and left behind', async () => {
  const { root } = makeRepo();
  const client = await mcpClient('2025-11-25', { cwd: root });
  client.raw('no json\n[1,2]\n{"jsonrpc":"2.0"}\n\n');
  client.raw(`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":"${'x'.repeat(9 << 20)}"}\n`);
  expect((await client.tool('parallel_status')).envelope).toMatchObject({ ok: true });
  expect(client.others.map(({ error }) => (error as { code: number }).code)).toEqual([
    -32700, -32600, -32600, -32600,
  ]);
  const odd = await client.request('tools/call', { name: 'parallel_status', arguments: [1] });
  expect(odd['error']).toBeDefined();
  expect((await client.request('tools/call', { name: 'no_such' }))['error']).toMatchObject({
    code: -32602,
  });
  expect(await client.close()).toEqual({ exit: 0, signal: null, stderr: '' });
});

test('arguments: unknown ones, wrong types and missing ones are usage errors', async () => {
  const { root } = makeRepo();
  const client = await mcpClient('2026-07-28', { cwd: root });
  for (const [tool, values, said] of [
    ['parallel_create', { name: 'a', goal: 'x' }, 'takes no goal'],
    ['parallel_create', { name: 'a', goals: 'x' }, 'goals '],
    ['parallel_create', {}, 'name is missing'],
    ['parallel_cleanup', { yes: true }, 'takes no yes'],
    ['parallel_remove', { name: 'a', bodyFile: '/etc/passwd' }, 'takes no bodyFile'],
    ['parallel_remove', { name: 'a', force: true }, 'takes no force'],
    ['parallel_status', { breakLock: 'x' }, 'takes no breakLock'],
    ['parallel_status', { directory: 7 }, 'directory must be a text'],
    ['parallel_status', { directory: 'no-such' }, 'no such folder'],
  ] as const) {
    const { envelope, isError } = await client.tool(tool, values);
    expect(isError).toBe(true);
    expect(envelope).toMatchObject({ ok: false, error: { code: 'usage' } });
    expect((envelope['error'] as { message: string }).message).toContain(said);
  }
  // what is null was left out
  expect((await client.tool('parallel_status', { name: null })).isError).toBe(false);
});

test('directory: an argument, relative or not, else where the server stands', async () => {
  const { root } = makeRepo();
  const elsewhere = temporaryFolder();
  writeIn(root, 'src/a.txt', 'x');
  const client = await mcpClient('2025-11-25', { cwd: elsewhere });
  const none = await client.tool('parallel_status');
  expect(none.envelope).toMatchObject({ error: { code: 'not-a-repository' } });
  for (const directory of [root, join(root, 'src'), `../${root.split('/').slice(2).join('/')}`]) {
    const { envelope } = await client.tool('parallel_status', { directory });
    expect(envelope).toMatchObject({ ok: true, data: { project: { root } } });
  }
  rmSync(elsewhere, { recursive: true });
  const gone = await client.tool('parallel_status');
  expect(gone.envelope).toMatchObject({ error: { code: 'not-a-repository' } });
  expect((gone.envelope['error'] as { message: string }).message).toContain('removed');
  expect((await client.tool('parallel_status', { directory: root })).isError).toBe(false);
  const started = await mcpClient('2025-11-25', { cwd: '/', args: ['-C', root, 'mcp'] });
  expect((await started.tool('parallel_status')).isError).toBe(false);
});

test('many calls at once on one server: all are done, each is an operation of its own', async () => {
  const { root } = makeRepo();
  const client = await mcpClient('2026-07-28', { cwd: root });
  const names = ['a', 'b', 'c', 'd'];
  const made = await Promise.all(names.map((name) => client.tool('parallel_create', { name })));
  expect(made.map(({ envelope }) => envelope['ok'])).toEqual([true, true, true, true]);
  const { envelope } = await client.tool('parallel_status');
  expect(envelope).toMatchObject({ data: { summary: { total: 4, needYou: 0 }, interrupted: [] } });
});

test('what failed half-way in a server that lives on is finished by its next call', async () => {
  const repo = makeRepo();
  const lock = join(repo.commonDir, 'refs/flight-rules/sessions/auth.lock');
  const hook = join(repo.commonDir, 'hooks/post-checkout');
  // the hook fails, and so does taking back what was begun: git cannot move the record
  writeFileSync(hook, `#!/bin/sh\n: > '${lock}'\nexit 1\n`, { mode: 0o755 });
  const client = await mcpClient('2026-07-28', { cwd: repo.root });
  const failed = await client.tool('parallel_create', { name: 'auth' });
  expect(failed.envelope).toMatchObject({ ok: false, error: { code: 'hook-failed' } });
  rmSync(hook);
  rmSync(lock);
  const seen = await client.tool('parallel_status');
  expect(seen.envelope).toMatchObject({ data: { interrupted: [{ name: 'auth' }] } });
  const again = await client.tool('parallel_create', { name: 'auth' });
  expect(again.envelope).toMatchObject({ ok: true, data: { created: true } });
  expect(again.envelope['warnings']).toEqual([expect.objectContaining({ code: 'recovered' })]);
});

test('what another call is at work on is not taken for cut off', async () => {
  const { root } = makeRepo();
  const { began, goOn } = slowHook(root);
  const client = await mcpClient('2025-11-25', { cwd: root });
  const making = client.tool('parallel_create', { name: 'slow' });
  await until(() => existsSync(began));
  const seen = await client.tool('parallel_status');
  expect(seen.envelope).toMatchObject({ data: { interrupted: [] } });
  const cleaned = await client.tool('parallel_cleanup', { apply: true });
  expect(cleaned.envelope).toMatchObject({ ok: true, data: { items: [] } });
  writeFileSync(goOn, '');
  expect((await making).envelope).toMatchObject({ ok: true, data: { created: true } });
});

test('a call that is taken back is taken back; the server goes on', async () => {
  const { root } = makeRepo();
  const { began } = slowHook(root);
  const client = await mcpClient('2025-11-25', { cwd: root });
  const call = client.begin('tools/call', { name: 'parallel_create', arguments: { name: 'slow' } });
  await until(() => existsSync(began));
  client.notify('notifications/cancelled', { requestId: call.id });
  rmSync(join(root, '.git/hooks/post-checkout'));
  await expect
    .poll(async () => (await client.tool('parallel_status')).envelope['data'], { timeout: 20_000 })
    .toMatchObject({ summary: { total: 0 }, interrupted: [] });
  expect((await client.tool('parallel_create', { name: 'slow' })).isError).toBe(false);
});

test.each(eras)('requests that are piped in are answered (%s)', async (era) => {
  const { root } = makeRepo();
  const client = await mcpClient(era, { cwd: root });
  const calls = [
    client.begin('tools/call', { name: 'parallel_create', arguments: { name: 'auth' } }),
    client.begin('tools/call', { name: 'parallel_status', arguments: {} }),
    client.begin('tools/list'),
  ];
  expect(await client.close()).toEqual({ exit: 0, signal: null, stderr: '' });
  const none = { result: null };
  for (const { answer } of calls) {
    expect((await Promise.race([answer, Promise.resolve(none)])).result).not.toBeNull();
  }
  const made = toolAnswer((await calls[0]?.answer)?.['result'] as Json);
  expect(made.envelope).toMatchObject({ ok: true, data: { created: true } });
});

test.each([
  ['the client goes', 0],
  ['SIGTERM', 143],
] as const)('%s: what runs comes to a safe end, then the process ends', async (how, ends) => {
  const { root } = makeRepo();
  const { began } = slowHook(root);
  const client = await mcpClient('2025-11-25', { cwd: root });
  const call = client.begin('tools/call', {
    name: 'parallel_create',
    arguments: { name: 'slow' },
  });
  await until(() => existsSync(began));
  if (how === 'SIGTERM') client.child.kill('SIGTERM');
  else client.child.stdin?.end();
  const { exit, signal, stderr } = await client.gone;
  expect({ exit, signal, stderr }).toEqual({ exit: ends, signal: null, stderr: '' });
  // who still listens learns what became of his call
  const told = await Promise.race([call.answer, Promise.resolve({ result: null })]);
  const code = told.result === null ? null : errorCode(told.result as Json);
  expect(code).toBe('interrupted');
  rmSync(join(root, '.git/hooks/post-checkout'));
  expect(gitIn(root, 'for-each-ref', 'refs/flight-rules/sessions', 'refs/flight-rules/lock')).toBe(
    '',
  );
});
