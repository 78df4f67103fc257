// The released program: its table, help, and that start-up loads no more than it needs.
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { cli, json, releasedProgram as main, start } from '../support/cli.ts';

describe('the table', () => {
  test.each(operations.map((entry) => [entry.name, entry] as const))(
    '%s is what its module says',
    async (_, entry) => {
      const { name, summary, effect, flags, input, call } = await entry.load();
      expect({ name, summary, effect }).toEqual({
        name: entry.name,
        summary: entry.summary,
        effect: entry.effect,
      });
      expect(typeof call).toBe('function');
      // every field can be given, and every flag is a field
      const { def } = input as unknown as { def: { shape?: object } };
      expect(Object.keys(flags)).toEqual(Object.keys(def.shape ?? flags));
    },
  );
});

describe('help and version', () => {
  test('--version, alone and with --json', async () => {
    expect(await cli(main, ['--version'])).toMatchObject({ exit: 0, stderr: '' });
    const version = (await cli(main, ['--version'])).stdout.trim();
    expect(json(await cli(main, ['--json', '--version']))).toMatchObject({
      ok: true,
      data: { version },
    });
  });

  test('each command has help that fits 80 columns, options and usage apart', async () => {
    for (const { name } of operations) {
      const ended = await cli(main, [...name.split(' '), '--help']);
      expect(ended).toMatchObject({ exit: 0, stderr: '' });
      expect(ended.stdout).toContain(`Usage: flight-rules ${name}`);
      expect(ended.stdout).toContain('Examples:');
    }
  });

  test('outside of a repository the program alone shows help', async () => {
    const ended = await cli(main, [], { cwd: '/' });
    expect(ended).toMatchObject({ exit: 0, stderr: '' });
    expect(ended.stdout).toContain('parallel path');
  });

  test('a group alone is a usage error that names its commands', async () => {
    const ended = await cli(main, ['parallel', '--json']);
    expect(ended.exit).toBe(2);
    expect(json(ended)).toMatchObject({ error: { code: 'usage' } });
  });

  test('usage errors are JSON wherever --json stands', async () => {
    for (const argv of [
      ['--json', 'no-such'],
      ['no-such', '--json'],
      ['parallel', 'path', 'x', '--wrong', '--json'],
    ]) {
      const ended = await cli(main, argv);
      expect(ended.exit).toBe(2);
      expect(json(ended)).toMatchObject({ ok: false, error: { code: 'usage' } });
    }
  });
});

describe('the spelling by which it was started', () => {
  const hint = async (program: string, args: readonly string[], path: string): Promise<unknown> => {
    const ended = await start(program, [...args, '--wrong', '--json'], { env: { PATH: path } });
    const { error } = json(ended) as { error: { hints: { argv: string[] }[] } };
    return error.hints[0]?.argv;
  };
  const rest = ['-C', tmpdir(), '--help', '--json'];
  const node = dirname(process.execPath);

  test('by name, if PATH leads here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flight-rules-bin-'));
    symlinkSync(main, join(folder, 'flight-rules'));
    const path = `${folder}:${node}`;
    expect(await hint(join(folder, 'flight-rules'), [], path)).toEqual(['flight-rules', ...rest]);
    rmSync(folder, { recursive: true });
  });

  test('by npx out of a node_modules, also where npm has put it before PATH', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flight-rules-npx-'));
    const installed = join(folder, 'node_modules', 'flight-rules');
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    cpSync(dirname(main), join(installed, 'dist'), { recursive: true });
    symlinkSync('../flight-rules/dist/main.js', join(bin, 'flight-rules'));
    // an ES module is told by its package
    cpSync(join(dirname(main), '..', 'package.json'), join(installed, 'package.json'));
    const want = ['npx', '--no-install', '--prefix', folder, 'flight-rules', ...rest];
    expect(await hint(join(bin, 'flight-rules'), [], `${bin}:${node}`)).toEqual(want);
    rmSync(folder, { recursive: true });
  });

  test('by node and the file, else', async () => {
    expect(await hint(process.execPath, [main], node)).toEqual([process.execPath, main, ...rest]);
  });
});
