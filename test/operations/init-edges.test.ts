// init where something stands in the way: files that are not what they should be, links, folders
// that may not be written, a kill in the middle, and questions nobody has answered.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describe as describeError, FlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { carryOut } from '../../src/agents/carry-out.ts';
import { emptyLedger } from '../../src/agents/ledger.ts';
import { planInstall } from '../../src/agents/plan.ts';
import { agentsDoctor } from '../../src/operations/agents-doctor.ts';
import { init } from '../../src/operations/init.ts';
import { uninstall } from '../../src/operations/uninstall.ts';
import { upgrade } from '../../src/operations/upgrade.ts';
import { byPath, checkout, report, type Report } from '../support/checkout.ts';

async function failure(run: Promise<unknown>): Promise<FlightError> {
  const error: unknown = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FlightError) return error;
  throw new Error('it did not fail as it should', { cause: error });
}

describe('what cannot be dealt with is left alone, all else is done, and the exit says so', () => {
  test.each([
    ['.mcp.json', '{"mcpServers": ', 'it is not JSON'],
    ['.mcp.json', '[1]', 'it is not JSON'],
    ['.mcp.json', '{"mcpServers": 7}', 'mcpServers holds no keys'],
    ['.codex/config.toml', 'a = ', 'it is not TOML'],
    ['.codex/config.toml', 'mcp_servers = 7\n', 'mcp_servers.flight-rules cannot be there'],
    ['.claude/settings.json', '{"hooks": {"Stop": 7}}', 'hooks.Stop is not a list'],
    ['AGENTS.md', '<!-- flight-rules:begin -->\nx\n', 'the marks of our block do not'],
  ])('%s holding %s', async (path, text, why) => {
    const here = await checkout({ [path]: text });
    const error = await failure(here.run(init, { agents: 'claude,codex', hooks: true }));
    expect(describeError(error).exit).toBe(1);
    expect(error.code).toBe('install-incomplete');
    expect(describeError(error).message).toContain(`${path}: ${why}`);
    const data = error.data as unknown as Report;
    expect(byPath(data)['.agents/skills/parallel-status/SKILL.md']).toBe('written');
    // the other hooks go in where the list of one is none
    const left = path.startsWith('.claude') ? text : here.read(path);
    expect(left).toBe(text);
    // mended, the same command completes it
    rmSync(join(here.root, path));
    const { by } = report(await here.run(init, { agents: 'claude,codex', hooks: true }));
    expect(new Set(Object.values(by))).toEqual(new Set(['written', 'unchanged']));
  });

  test.each(['outside', 'inside'])('a link that leads %s of the project', async (where) => {
    const here = await checkout();
    const target = join(where === 'inside' ? here.root : here.folder, 'elsewhere');
    mkdirSync(target);
    symlinkSync(target, join(here.root, '.claude'));
    const error = await failure(here.run(init, { agents: 'claude' }));
    expect(describeError(error).message).toContain('.claude is a link');
    expect(here.files()['.claude']).toBe(`link ${target}`);
    expect(Object.keys(here.files()).filter((path) => path.startsWith('elsewhere/'))).toEqual([]);
    expect(here.has('.agents/skills/parallel-status/SKILL.md')).toBe(true);
  });

  test('a folder by the name of a file, and bytes that are no text', async () => {
    const here = await checkout();
    mkdirSync(join(here.root, 'AGENTS.md'));
    writeFileSync(join(here.root, '.mcp.json'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    const error = await failure(here.run(init, { agents: 'claude' }));
    expect(describeError(error).message).toMatch(/not UTF-8[^]*AGENTS\.md is no plain file/u);
    expect(readFileSync(join(here.root, '.mcp.json'))).toHaveLength(4);
  });
});

const isRoot = process.getuid?.() === 0;
const mountable =
  isRoot &&
  spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0 &&
  spawnSync('umount', ['/mnt']).status === 0;

// root may write wherever the file system lets it
test.runIf(!isRoot || mountable)('where it may not write, nothing is written at all', async () => {
  const here = await checkout({ '.claude/commands/x.md': 'x' });
  const start = here.files();
  const folder = join(here.root, '.claude/commands');
  if (isRoot) {
    spawnSync('mount', ['--bind', folder, folder]);
    spawnSync('mount', ['-o', 'remount,ro,bind', folder]);
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  } else {
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o755));
  }
  const error = await failure(here.run(init, { agents: 'claude' }));
  expect(error.code).toBe('not-writable');
  expect(error.data).toMatchObject({ folders: [folder] });
  const left = Object.keys(here.files());
  expect(left).toEqual(Object.keys(start));
});

test('a record that cannot be used stops everything, and nothing is touched', async () => {
  for (const text of ['{', '{"version": 2}', outside('../x'), outside('.git/config')]) {
    const here = await checkout({ '.flight-rules/installed.json': text, x: 'x' });
    const start = here.files();
    for (const operation of [init, upgrade, uninstall, agentsDoctor]) {
      const input = operation === init ? { agents: 'claude' } : {};
      const error = await failure(here.run(operation, input));
      expect(error.code).toBe('install-record-unreadable');
      // the hint runs as it stands, from anywhere
      const [hint] = describeError(error).hints;
      const [program = '', ...args] = hint !== undefined && 'argv' in hint ? hint.argv : [];
      expect(spawnSync(program, args, { cwd: '/', env: here.env }).status).toBe(0);
    }
    expect(here.files()).toEqual(start);
  }
});

function outside(path: string): string {
  const files = [{ path, kind: 'file', surface: 'skill', sha256: 'x', version: '0.1.0' }];
  return JSON.stringify({
    version: 1,
    spelling: 'path',
    agents: [],
    extras: [],
    folders: [],
    files,
  });
}

test('folders that a record names are removed only inside the checkout and only if empty', async () => {
  const here = await checkout({ 'keep/x': 'x' });
  mkdirSync(join(here.folder, 'other'));
  await here.run(init, { agents: 'codex' });
  const path = '.flight-rules/installed.json';
  const record = JSON.parse(here.read(path)) as { folders: string[] };
  record.folders.push('keep', '../other');
  here.write(path, JSON.stringify(record));
  const error = await failure(here.run(uninstall));
  expect(error.code).toBe('install-record-unreadable');
  record.folders.pop();
  here.write(path, JSON.stringify(record));
  await here.run(uninstall);
  expect(Object.keys(here.files())).toEqual(['keep', 'keep/x']);
});

describe('who is asked', () => {
  test('nobody named anyone: a decision, and nothing is written', async () => {
    const here = await checkout({ '.cursor/rules/x.mdc': 'x', 'GEMINI.md': 'x' });
    const start = here.files();
    const outcome = await here.run(init, { hooks: true });
    if (outcome.kind !== 'decision') throw new Error('no decision');
    expect(outcome.decision.facts).toMatchObject({ found: ['gemini', 'cursor'] });
    const { choices } = outcome.decision;
    expect(choices.map(({ value }) => value)).toEqual([
      'found',
      'found-hooks',
      'found-guard',
      'all',
      'none',
    ]);
    expect(choices[0]?.args).toEqual(['init', '--agents', 'gemini,cursor', '--hooks']);
    expect(choices.filter(({ recommended }) => recommended === true)).toHaveLength(1);
    expect(here.files()).toEqual(start);
  });

  test('who is found: by folder, or by program', async () => {
    const here = await checkout();
    const bin = join(here.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'codex'), '#!/bin/sh\n', { mode: 0o755 });
    const path = `${bin}:${here.env['PATH'] ?? ''}`;
    const { agents } = report(await here.run(init, { agents: 'detect' }, { PATH: path }));
    expect(agents).toEqual(['codex']);
  });

  test('nobody: nothing is written, not even a record', async () => {
    const here = await checkout();
    expect(report(await here.run(init, { agents: 'none' })).files).toEqual([]);
    expect(here.files()).toEqual({});
  });

  test.each([
    ['cluade', 'Did you mean claude?'],
    ['claude, windsurf', 'Known are claude, codex,'],
    ['', 'is no agent that is known'],
  ])('%s is no agent', async (list, said) => {
    const here = await checkout();
    const error = await failure(here.run(init, { agents: list }));
    expect(describeError(error).exit).toBe(2);
    expect(describeError(error).message).toContain(said);
    expect(here.files()).toEqual({});
  });

  test('who was chosen before stays, and comes without being named again', async () => {
    const here = await checkout();
    await here.run(init, { agents: 'codex' });
    await here.run(init, { agents: 'gemini' });
    expect(report(await here.run(init)).agents).toEqual(['codex', 'gemini']);
  });
});

test('outside of a repository, and where there is no checkout', async () => {
  const here = await checkout();
  rmSync(join(here.root, '.git'), { recursive: true });
  const error = await failure(here.run(init, { agents: 'claude' }));
  expect(error.code).toBe('not-a-repository');
  expect(describeError(error).exit).toBe(3);
  spawnSync('git', ['init', '-q', '--bare', join(here.root, 'x.git')]);
  spawnSync('git', ['init', '-q', '--bare', here.root]);
  expect((await failure(here.run(init, { agents: 'claude' }))).code).toBe('not-a-repository');
});

test('what v0.15.8 left there, unedited, is replaced; an edited one is kept', async () => {
  // by its hash: the text itself is not part of this repository
  const { judge } = await import('../../src/agents/part.ts');
  const { releasedHashes } = await import('../../src/agents/predecessor.ts');
  for (const id of [
    'parallel.status',
    'parallel.cleanup',
    'dev-session.start',
    'dev-session.end',
  ]) {
    for (const folder of ['.claude/commands', '.cursor/commands']) {
      const released = releasedHashes(`${folder}/${id}.md`);
      expect(released.length).toBeGreaterThan(0);
      for (const sha256 of released) {
        expect(judge({ kind: 'there', sha256 }, 'new', null, released)).toBe('stale');
      }
      expect(judge({ kind: 'there', sha256: 'edited' }, 'new', null, released)).toBe('foreign');
    }
  }
});

describe('killed anywhere, the same command completes it', () => {
  const points = ['install.rename:before', 'install.rename:after'];
  test.each(points.flatMap((point) => [1, 2, 9].map((nth) => `${point}#${nth}`)))(
    '%s',
    async (fault) => {
      const main = new URL('../../dist-test/main.js', import.meta.url).pathname;
      const here = await checkout({ '.mcp.json': '{\n  "a": 1\n}\n', 'AGENTS.md': 'x\n' });
      const start = here.files();
      const run = (env: Record<string, string>, ...args: readonly string[]): number | null =>
        spawnSync(process.execPath, [main, '-C', here.root, ...args], {
          env: { ...here.env, ...env },
        }).status;
      const args = ['init', '--agents', 'claude', '--hooks'];
      expect(run({ FLIGHT_RULES_FAULT: fault }, ...args)).toBe(null);
      expect(run({}, ...args)).toBe(0);
      const { by } = report(await here.run(init));
      expect(new Set(Object.values(by))).toEqual(new Set(['unchanged']));
      expect(run({ FLIGHT_RULES_FAULT: 'install.remove:after#3' }, 'uninstall')).toBe(null);
      expect(run({}, 'uninstall')).toBe(0);
      // also the new file that a kill left right before its rename
      expect(here.files()).toEqual(start);
    },
  );
});

test('beside our files only new files of ours are swept up', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'claude' });
  const skill = '.agents/skills/parallel-status/SKILL.md';
  const end = '0123456789ab.tmp';
  const theirs = {
    [`${skill}.${end}`]: 'half of',
    [`${skill}.tmp`]: here.read(skill),
    [`.mcp.json.${end}`]: '{}',
    [`.flight-rules/installed.json.${end}`]: '{"version": 1}',
    [`AGENTS.md.ba9876543210.tmp`]: 'mine',
  };
  const ours = {
    [`.mcp.json.ba9876543210.tmp`]: here.read('.mcp.json'),
    [`AGENTS.md.${end}`]: here.read('AGENTS.md'),
  };
  for (const [path, text] of Object.entries({ ...theirs, ...ours })) here.write(path, text);
  const before = Object.keys(here.files());
  await here.run(init, { dryRun: true });
  expect(Object.keys(here.files())).toEqual(before);
  await here.run(init);
  const gone = before.filter((path) => !here.has(path));
  expect(gone.toSorted()).toEqual(Object.keys(ours).toSorted());
});

test('the doctor tells what is stale, edited, missing, shadowed, invalid and untrusted', async () => {
  const here = await checkout({ '.codex/skills/parallel-status/SKILL.md': 'x' });
  await here.run(init, { agents: 'claude,codex,gemini,cursor' });
  here.write('.agents/skills/parallel-cleanup/SKILL.md', 'no front matter\n');
  here.write('.claude/commands/parallel.cleanup.md', 'edited\n');
  rmSync(join(here.root, '.gemini/commands/parallel.status.toml'));
  const ledger = '.flight-rules/installed.json';
  const old = '.cursor/commands/parallel.status.md';
  const { createHash } = await import('node:crypto');
  here.write(old, 'old\n');
  const record = JSON.parse(here.read(ledger)) as { files: { path: string; sha256: string }[] };
  for (const entry of record.files) {
    if (entry.path === old) entry.sha256 = createHash('sha256').update('old\n').digest('hex');
  }
  here.write(ledger, JSON.stringify(record));
  const start = here.files();
  const outcome = await here.run(agentsDoctor);
  expect(here.files()).toEqual(start);
  if (outcome.kind !== 'done') throw new Error('a decision?');
  expect(agentsDoctor.output.safeParse(outcome.data).success).toBe(true);
  const data = outcome.data as {
    agents: { agent: string; trusted: boolean | null; files: { path: string; state: string }[] }[];
  };
  const state = (agent: string, path: string, is: string): boolean =>
    data.agents
      .find((one) => one.agent === agent)
      ?.files.some((file) => file.path === path && file.state === is) ?? false;
  expect(state('claude', '.claude/commands/parallel.status.md', 'installed')).toBe(true);
  expect(state('claude', '.claude/commands/parallel.cleanup.md', 'modified')).toBe(true);
  expect(state('codex', '.agents/skills/parallel-cleanup/SKILL.md', 'invalid')).toBe(true);
  expect(state('codex', '.codex/skills/parallel-status/SKILL.md', 'shadowed')).toBe(true);
  expect(state('gemini', '.gemini/commands/parallel.status.toml', 'missing')).toBe(true);
  expect(state('cursor', old, 'stale')).toBe(true);
  expect(data.agents.map(({ agent, trusted }) => [agent, trusted])).toEqual([
    ['claude', false],
    ['codex', false],
    ['gemini', false],
    ['cursor', null],
    ['copilot', null],
    ['opencode', null],
  ]);
  const home = here.folder;
  mkdirSync(join(home, '.codex'));
  const trust = `[projects."${here.root}"]\ntrust_level = "trusted"\n`;
  writeFileSync(join(home, '.codex/config.toml'), trust);
  here.write('.claude/settings.local.json', '{"enabledMcpjsonServers": ["flight-rules"]}');
  mkdirSync(join(home, '.gemini'));
  writeFileSync(join(home, '.gemini/trustedFolders.json'), `{"${home}": "TRUST_FOLDER"}`);
  const again = await here.run(agentsDoctor);
  if (again.kind !== 'done') throw new Error('a decision?');
  const trusted = (again.data as typeof data).agents.map((one) => one.trusted);
  expect(trusted.slice(0, 3)).toEqual([true, true, true]);
  expect(again.next.map((one) => ('args' in one ? one.args : []))).toEqual([['upgrade'], ['init']]);
});

test('a checkout with other line ends (core.autocrlf) is no edit', async () => {
  const here = await checkout();
  await here.run(init, { agents: 'claude,gemini,opencode', hooks: true, templates: true });
  const paths = Object.keys(here.files()).filter((path) => /\.\w+$/u.test(path));
  const texts = paths.flatMap((path) => {
    const text = here.files()[path] ?? '';
    return text === 'folder' ? [] : [[path, here.read(path)] as const];
  });
  for (const [path, text] of texts) here.write(path, text.replaceAll('\n', '\r\n'));
  const before = here.files();
  const { by } = report(await here.run(upgrade));
  expect(new Set(Object.values(by))).toEqual(new Set(['unchanged']));
  const record = '.flight-rules/installed.json';
  expect({ ...here.files(), [record]: '' }).toEqual({ ...before, [record]: '' });
  // as of another version: rewritten, and the line ends stay
  const skill = '.agents/skills/parallel-status/SKILL.md';
  const old = 'of another version\r\n';
  const ledger = here.read(record);
  here.write(skill, old);
  const files = (JSON.parse(ledger) as { files: { path: string; sha256: string }[] }).files;
  const was = files.find(({ path }) => path === skill)?.sha256 ?? '';
  const is = createHash('sha256').update('of another version\n').digest('hex');
  here.write(record, ledger.replaceAll(was, is));
  await here.run(upgrade);
  expect(here.read(skill)).toMatch(/\r\n/u);
  expect(here.read(skill)).not.toMatch(/[^\r]\n|another version/u);
  await here.run(uninstall);
  expect(Object.keys(here.files())).toEqual([]);
});

test('settings that begin with a byte order mark keep it', async () => {
  const settings = '\uFEFF{\r\n  "permissions": {}\r\n}\r\n';
  const here = await checkout({ '.claude/settings.json': settings, '.mcp.json': '\uFEFF{}' });
  const start = here.files();
  await here.run(init, { agents: 'claude', hooks: true });
  expect(here.read('.claude/settings.json')).toMatch(/^\uFEFF\{\r\n {2}"permissions"[^]*Stop/u);
  expect(here.read('.mcp.json')).toMatch(/^\uFEFF\{[^]*flight-rules/u);
  await here.run(uninstall);
  expect(here.files()).toEqual(start);
});

test('a run that planned before another one wrote the record writes nothing', async () => {
  const here = await checkout();
  const root = absolute(here.root);
  const path = '.agents/skills/mine/SKILL.md';
  const part = { kind: 'file', path, surface: 'skill', text: 'x\n', agents: ['codex'] } as const;
  const how = { absent: 'write', unwanted: 'keep' } as const;
  const plan = await planInstall({ root, ledger: emptyLedger, version: '1' }, [part], how);
  await here.run(init, { agents: 'claude' });
  const before = here.files();
  const carrying = { root, ledger: emptyLedger, next: emptyLedger, command: ['init'] };
  expect((await failure(carryOut(carrying, plan))).code).toBe('disk-failed');
  expect(here.files()).toEqual(before);
});
