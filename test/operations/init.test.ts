// init, upgrade, uninstall: what is ours comes, is kept up, and goes to the last byte; what is not
// ours stays as it is.
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agents } from '../../src/agents/all.ts';
import { init } from '../../src/operations/init.ts';
import { uninstall } from '../../src/operations/uninstall.ts';
import { upgrade } from '../../src/operations/upgrade.ts';
import { checkout, report } from '../support/checkout.ts';

const everything = { agents: 'all', hooks: true, guard: true, gitattributes: true };

const ids = ['parallel.status', 'parallel.cleanup', 'dev-session.start', 'dev-session.end'];
const skills = ids.map((id) => id.replace('.', '-'));

test('each agent gets its skills, commands, MCP entry, and all a block in AGENTS.md', async () => {
  const here = await checkout();
  const { by, agents: chosen } = report(await here.run(init, { agents: 'all' }));
  expect(chosen).toEqual(['claude', 'codex', 'gemini', 'cursor', 'copilot', 'opencode']);
  expect(new Set(Object.values(by))).toEqual(new Set(['written']));
  expect(Object.keys(by).toSorted()).toEqual(
    [
      ...skills.map((name) => `.agents/skills/${name}/SKILL.md`),
      ...skills.map((name) => `.claude/skills/${name}/SKILL.md`),
      ...ids.map((id) => `.claude/commands/${id}.md`),
      ...ids.map((id) => `.cursor/commands/${id}.md`),
      ...ids.map((id) => `.opencode/commands/${id}.md`),
      ...ids.map((id) => `.gemini/commands/${id}.toml`),
      '.mcp.json#mcpServers.flight-rules',
      '.cursor/mcp.json#mcpServers.flight-rules',
      '.gemini/settings.json#mcpServers.flight-rules',
      '.codex/config.toml#mcp_servers.flight-rules',
      'opencode.json#mcp.flight-rules',
      'AGENTS.md',
    ].toSorted(),
  );
  expect(here.read('AGENTS.md').split('\n')).toHaveLength(7);
  expect(here.has('.flight-rules/doc-templates')).toBe(false);
});

describe('twice is once, and out is as before', () => {
  const before = {
    'AGENTS.md': '# Rules\r\n\r\nBe kind.\r\n',
    '.mcp.json':
      '{\n    // ours\n    "mcpServers": {\n        "other": { "command": "x" },\n    },\n}\n',
    '.claude/settings.json':
      '{\n\t"permissions": {"allow": []},\n\t"hooks": {\n\t\t"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]\n\t}\n}\n',
    '.codex/config.toml':
      '# mine\nmodel = "x" # why\n\n[mcp_servers.other]\ncommand = "a"   # hi\nargs = [ "b",\n "c" ]\n\n[profiles.z]\na=1\n',
    '.gemini/settings.json': '{"theme":"x"}',
    '.gitattributes': '*.png binary',
    'opencode.jsonc': '{\n  // mine\n  "theme": "x"\n}\n',
    '.cursor/hooks.json': '{\n  "version": 1,\n  "hooks": {\n    "stop": []\n  }\n}\n',
  };

  test.each([
    ['nothing', {}],
    ['files of every kind', before],
    ['no line end', { 'AGENTS.md': 'x', '.codex/config.toml': 'a = 1' }],
    ['more than one', { 'AGENTS.md': 'x\n\n\n', '.codex/config.toml': 'a = 1\n\n\n' }],
    ['CRLF', { '.codex/config.toml': 'a = 1\r\n', '.mcp.json': '{\r\n  "a": 1\r\n}\r\n' }],
  ])('into %s', async (_what, files) => {
    const here = await checkout(files);
    const start = here.files();
    await here.run(init, everything);
    const installed = here.files();
    const times = here.times();
    const again = report(await here.run(init, everything));
    expect(new Set(Object.values(again.by))).toEqual(new Set(['unchanged']));
    expect(report(await here.run(upgrade)).by).toEqual(again.by);
    expect(here.times()).toEqual(times);
    expect(here.files()).toEqual(installed);
    const out = report(await here.run(uninstall));
    expect(new Set(Object.values(out.by))).toEqual(new Set(['removed']));
    expect(here.files()).toEqual(start);
  });

  test('everything else in a file keeps its bytes', async () => {
    const here = await checkout(before);
    await here.run(init, everything);
    for (const [path, text] of Object.entries(before)) {
      const lines = here.read(path).split('\n');
      // a comma is what JSON asks for behind what stood last
      const kept = text
        .split('\n')
        .filter((line) => line !== '' && !/[\]}"]\s*$/u.test(line) && line !== '{"theme":"x"}');
      expect(lines).toEqual(expect.arrayContaining(kept));
    }
    expect(here.read('AGENTS.md')).toMatch(
      /^# Rules\r\n\r\nBe kind\.\r\n\r\n<!-- flight-rules:begin -->\r\n/u,
    );
    expect(here.read('.mcp.json')).toContain('// ours');
    expect(here.has('opencode.json')).toBe(false);
  });
});

test('a dry run says the same and writes nothing', async () => {
  const here = await checkout();
  const start = here.files();
  const { by } = report(await here.run(init, { ...everything, dryRun: true }));
  expect(here.files()).toEqual(start);
  expect(report(await here.run(init, everything)).by).toEqual(by);
});

test('what was edited is kept and reported, by upgrade and by uninstall', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'claude' });
  const skill = '.claude/skills/parallel-status/SKILL.md';
  here.write(skill, 'mine now\n');
  here.write('AGENTS.md', here.read('AGENTS.md').replace('Several agents', 'Some agents'));
  here.write('.mcp.json', here.read('.mcp.json').replace('mcp"', 'mcp", "--all"'));
  const edited = here.files();
  const outcome = await here.run(upgrade);
  const { by } = report(outcome);
  expect(by[skill]).toBe('kept: modified');
  expect(by['AGENTS.md']).toBe('kept: modified');
  expect(by['.mcp.json#mcpServers.flight-rules']).toBe('kept: modified');
  expect(outcome.warnings.map(({ code }) => code)).toEqual(Array(3).fill('kept-modified'));
  expect(here.files()).toEqual(edited);
  await here.run(uninstall);
  expect(Object.keys(here.files()).filter((path) => here.files()[path] !== 'folder')).toEqual(
    [skill, '.mcp.json', 'AGENTS.md'].toSorted(),
  );
});

test('what another version wrote is rewritten, what it no longer has goes', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'claude', hooks: true });
  const ledger = '.flight-rules/installed.json';
  const old = '.claude/commands/old.md';
  const skill = '.agents/skills/parallel-status/SKILL.md';
  const now = here.read(skill);
  const { createHash } = await import('node:crypto');
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  here.write(skill, 'of an earlier version\n');
  here.write(old, 'gone since\n');
  const record = JSON.parse(here.read(ledger)) as { files: { path: string; sha256: string }[] };
  for (const entry of record.files) {
    if (entry.path === skill) entry.sha256 = hash('of an earlier version\n');
  }
  record.files.push({
    path: old,
    kind: 'file',
    surface: 'command',
    sha256: hash('gone since\n'),
    version: '0.0.1',
  } as never);
  here.write(ledger, JSON.stringify(record));
  const { by } = report(await here.run(upgrade));
  expect(by[skill]).toBe('updated');
  expect(by[old]).toBe('removed');
  expect(here.read(skill)).toBe(now);
  expect(here.has(old)).toBe(false);
  expect(here.read(ledger)).not.toContain('old.md');
});

test('a deleted file stays deleted until init is asked for', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'cursor' });
  const path = '.cursor/commands/parallel.status.md';
  rmSync(join(here.root, path));
  expect(report(await here.run(upgrade)).by[path]).toBe('missing');
  expect(here.has(path)).toBe(false);
  expect(report(await here.run(init)).by[path]).toBe('written');
});

test('what is not ours is kept: files, keys, and a worktree hook of somebody else', async () => {
  const mine = {
    '.claude/commands/parallel.status.md': 'mine\n',
    '.mcp.json': '{"mcpServers": {"flight-rules": {"command": "mine"}}}',
    '.claude/settings.json':
      '{"hooks": {"WorktreeCreate": [{"hooks": [{"type": "command", "command": "mine"}]}]}}',
  };
  const here = await checkout(mine);
  const outcome = await here.run(init, { agents: 'claude', hooks: true });
  const { by } = report(outcome);
  expect(by['.claude/commands/parallel.status.md']).toBe('kept: foreign');
  expect(by['.mcp.json#mcpServers.flight-rules']).toBe('kept: foreign');
  expect(by['.claude/settings.json#hooks.WorktreeCreate']).toBe('kept: foreign');
  expect(by['.claude/settings.json#hooks.Stop']).toBe('written');
  expect(here.read('.mcp.json')).toBe(mine['.mcp.json']);
  await here.run(uninstall);
  for (const [path, text] of Object.entries(mine)) {
    expect(JSON.stringify(here.read(path)).replaceAll(/\s|\\[nr]/gu, '')).toBe(
      JSON.stringify(text).replaceAll(/\s|\\[nr]/gu, ''),
    );
  }
});

test('without its record, what is as we write it is ours again', async () => {
  const here = await checkout();
  await here.run(init, everything);
  const ledger = '.flight-rules/installed.json';
  rmSync(join(here.root, ledger));
  const { by } = report(await here.run(init, everything));
  expect(new Set(Object.values(by))).toEqual(new Set(['unchanged']));
  expect(here.has(ledger)).toBe(true);
});

test('what is written keeps the mode of the file', async () => {
  const here = await checkout({ '.mcp.json': '{}\n' });
  chmodSync(join(here.root, '.mcp.json'), 0o600);
  await here.run(init, { agents: 'claude' });
  expect(statSync(join(here.root, '.mcp.json')).mode & 0o777).toBe(0o600);
});

test('into a session: its own checkout, and not the main one', async () => {
  const here = await checkout();
  const worktree = join(here.folder, 'session');
  await here.git('worktree', 'add', '-q', worktree);
  const { operationContext } = await import('../support/small-repository.ts');
  const context = { ...operationContext(here), directory: worktree as typeof here.root };
  await init.call({ agents: 'codex' }, context);
  expect(Object.keys(here.files())).toEqual([]);
  expect(statSync(join(worktree, '.agents/skills/parallel-status/SKILL.md')).isFile()).toBe(true);
});

test('the spelling is the one that works here, on other machines too', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'all' });
  const body = here.read('.agents/skills/parallel-status/SKILL.md');
  const npx =
    'npx --no-install --prefix "$(dirname "$(git rev-parse --path-format=absolute --git-common-dir)")" flight-rules';
  expect(body).toContain(`\`${npx} parallel status --json\``);
  expect(JSON.parse(here.read('.mcp.json'))).toEqual({
    mcpServers: { 'flight-rules': { command: 'sh', args: ['-c', `exec ${npx} mcp`] } },
  });
  expect(JSON.stringify(here.files())).not.toContain(here.root);
  const bin = join(here.folder, 'bin');
  mkdirSync(bin);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(bin, 'flight-rules'), '#!/bin/sh\n', { mode: 0o755 });
  const path = `${bin}:${here.env['PATH'] ?? ''}`;
  const { by } = report(await here.run(init, {}, { PATH: path }));
  expect(by['.mcp.json#mcpServers.flight-rules']).toBe('updated');
  expect(here.read('.agents/skills/parallel-status/SKILL.md')).toContain('`flight-rules parallel');
  expect(JSON.parse(here.read('.mcp.json'))).toEqual({
    mcpServers: { 'flight-rules': { command: 'flight-rules', args: ['mcp'] } },
  });
  expect(here.read('AGENTS.md')).toContain('`flight-rules parallel status --json`');
});

test('no two agents share a name', () => {
  expect(new Set(agents.map(({ id }) => id)).size).toBe(agents.length);
});
