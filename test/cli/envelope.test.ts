// What a program sees: one JSON line, exit codes, streams. Real processes without a terminal.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, json, start, toyProgram } from '../support/cli.ts';

let main = '';
beforeAll(async () => {
  main = await toyProgram();
});

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

describe('answers', () => {
  test('done is one line of JSON with commands that are spelled out', async () => {
    const ended = await cli(main, ['toy', 'echo', 'a', '--json'], { cwd: '/' });
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toBe('');
    expect(json(ended)).toEqual({
      schema: 1,
      ok: true,
      data: {
        input: { name: 'a' },
        directory: '/',
        commandLine: ['toy', 'echo', 'a'],
        breakLock: null,
        interactive: false,
        spelled: {
          command: `${process.execPath} ${main} -C / toy echo x --json`,
          argv: [process.execPath, main, '-C', '/', 'toy', 'echo', 'x', '--json'],
        },
      },
      warnings: [{ code: 'toy', message: 'only a toy' }],
      // the command that this version lacks is not named
      next: [
        {
          command: `${process.execPath} ${main} -C / toy echo x --json`,
          argv: [process.execPath, main, '-C', '/', 'toy', 'echo', 'x', '--json'],
          why: 'again',
        },
      ],
    });
  });

  test('without --json the answer is on stdout, all else on stderr', async () => {
    const ended = await cli(main, ['toy', 'echo', 'a']);
    expect(ended.stdout).toContain('name: a');
    expect(ended.stderr).toBe('echoing\nWarning: only a toy\n');
    expect((await cli(main, ['toy', 'echo', 'a', '--quiet'])).stderr).not.toContain('echoing');
    const verbose = await cli(main, ['toy', 'echo', 'a', '--json', '--verbose']);
    expect(verbose.stderr).toBe('echoing\n');
  });

  test('a decision is exit 6; each command runs as it stands and leads to the choice', async () => {
    const ended = await cli(main, ['toy', 'ask', '--json']);
    expect(ended.exit).toBe(6);
    const answer = json(ended);
    expect(answer).toMatchObject({
      schema: 1,
      ok: false,
      decision: { id: 'way', question: 'Which way?', ifDeclined: 'You stay here.' },
      data: { seen: 'crossing' },
      warnings: [],
    });
    const { choices } = answer['decision'] as {
      choices: { value: string; command: string; argv: string[]; args?: unknown }[];
    };
    expect(choices.map(({ value }) => value)).toEqual(['left', 'blocked', 'right']);
    expect(choices[2]?.args).toBeUndefined();
    expect(choices[2]?.argv.slice(2)).toEqual([
      '-C',
      '/some/root',
      'toy',
      'ask',
      '--way',
      "ri'ght",
      '--json',
    ]);
    const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${choices[2]?.command ?? ''}`]);
    expect(printed.toString().split('\0').slice(0, -1)).toEqual(choices[2]?.argv);
  });

  test('a decision without --json is readable, with commands, and nobody is asked', async () => {
    const ended = await cli(main, ['toy', 'ask']);
    expect(ended.exit).toBe(6);
    expect(ended.stdout).toContain('not available: a tree fell');
    expect(ended.stdout).toContain(`${main} -C /some/root toy ask --way left\n`);
  });

  test('an open question names the call and the flag', async () => {
    const answer = json(await cli(main, ['toy', 'open', '--json', '-C', '/']));
    expect(answer['decision']).toMatchObject({
      input: { flag: '--goal', repeatable: true, suggestions: ['rest'] },
    });
    const { input } = answer['decision'] as { input: { argv: string[] } };
    expect(input.argv.slice(2)).toEqual(['-C', '/', 'toy', 'open', '--json']);
  });
});

describe('failures', () => {
  test('a refusal has its code, both sentences, hints and data', async () => {
    const ended = await cli(main, ['--json', 'toy', 'fail', 'auth', '-C', '/']);
    expect(ended.exit).toBe(4);
    expect(json(ended)).toMatchObject({
      ok: false,
      error: {
        code: 'in-use',
        message:
          'Somebody works in session auth:\n  process 12 (claude)\nThe session is unchanged.',
        hints: [
          {
            argv: [
              process.execPath,
              main,
              '-C',
              '/',
              'toy',
              'fail',
              'auth',
              '--force-in-use',
              '--json',
            ],
          },
        ],
        data: { name: 'auth' },
      },
    });
    const human = await cli(main, ['toy', 'fail', 'auth']);
    expect(human).toMatchObject({ exit: 4, stdout: '' });
    expect(human.stderr).toContain('Somebody works in session auth');
  });

  test.each([
    ['bug', 'bug', 70],
    ['late', 'bug', 70],
    ['disk', 'disk-failed', 1],
  ])('%s is %s, exit %i, one line, no stack on stderr', async (how, code, exit) => {
    const ended = await cli(main, ['toy', 'fail', how, '--json']);
    expect(ended.exit).toBe(exit);
    expect(ended.stderr).toBe('');
    expect(json(ended)).toMatchObject({ ok: false, error: { code } });
  });

  test('a bug says how to report it', async () => {
    const ended = await cli(main, ['toy', 'fail', 'bug']);
    expect(ended.stderr).toContain('TypeError: x is not a function');
    expect(ended.stderr).toContain('--version');
    expect(ended.stderr).not.toContain('    at ');
  });
});

describe('streams', () => {
  test('5 MB arrive whole at a slow reader', async () => {
    const line = `${quoted([process.execPath, main])} toy big --json | (sleep 0.3; wc -c)`;
    const ended = await start('sh', ['-c', line]);
    expect(Number(ended.stdout)).toBeGreaterThan(5_000_000);
  });

  test('a reader that goes away is no crash, and the exit code is that of the operation', async () => {
    const line = `{ ${quoted([process.execPath, main])} toy big --json; echo "exit $?" >&2; } | true`;
    const ended = await start('sh', ['-c', line]);
    expect(ended.stderr).toBe('exit 0\n');
  });

  test.runIf(process.platform === 'linux')(
    'an answer that cannot be written is exit 1',
    async () => {
      const line = `${quoted([process.execPath, main])} toy big --json >/dev/full`;
      const ended = await start('sh', ['-c', line]);
      expect(ended.exit).toBe(1);
      expect(ended.stderr).toContain('could not be written');
    },
  );

  test('closed stdout and stderr are borne', async () => {
    const ended = await start('sh', ['-c', `${quoted([process.execPath, main])} toy ask >&- 2>&-`]);
    expect(ended.exit).toBe(6);
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops at a safe point and is exit %i', async (signal, exit) => {
    const ended = await cli(main, ['toy', 'slow', '--json', '--verbose'], {
      onStderr: (text, child) => {
        if (text === 'begun\n') child.kill(signal);
      },
    });
    expect(ended.exit).toBe(exit);
    expect(json(ended)).toMatchObject({
      ok: false,
      error: { code: 'interrupted', data: { signal, command: ['toy', 'slow'] } },
    });
  });

  test('what is done in spite of the signal is reported as done', async () => {
    const ended = await cli(main, ['toy', 'slow', '--finishes', '--json', '--verbose'], {
      onStderr: (text, child) => {
        if (text === 'begun\n') child.kill('SIGINT');
      },
    });
    expect(ended.exit).toBe(0);
    expect(json(ended)).toMatchObject({ ok: true, data: { finished: true } });
  });

  test('a second signal ends it at once', async () => {
    const ended = await cli(main, ['toy', 'slow', '--deaf'], {
      onStderr: (text, child) => {
        if (text === 'begun\n') child.kill('SIGINT');
        if (text === 'begun\nasked to stop\n') child.kill('SIGTERM');
      },
    });
    expect(ended.exit).toBe(143);
  });
});

describe('directories', () => {
  test('-C is followed step by step, and must be a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flight-rules-dir-'));
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    const args = ['-C', folder, 'toy', '-C', 'a', 'echo', 'x', '-C', 'b', '--json'];
    expect(json(await cli(main, args))).toMatchObject({
      data: { directory: join(folder, 'a', 'b') },
    });
    const wrong = await cli(main, ['-C', join(folder, 'none'), 'toy', 'echo', 'x', '--json']);
    expect(wrong.exit).toBe(2);
    expect(json(wrong)).toMatchObject({ error: { code: 'usage' } });
    rmSync(folder, { recursive: true });
  });

  test('in a removed folder -C says where; without it that is the error', async () => {
    const script = (args: string): string =>
      `d=$(mktemp -d) && cd "$d" && rmdir "$d" && exec ${quoted([process.execPath, main])} ${args}`;
    const fine = await start('sh', ['-c', script('-C / toy echo x --json')]);
    expect(json(fine)).toMatchObject({ ok: true, data: { directory: '/' } });
    const lost = await start('sh', ['-c', script('toy echo x --json')]);
    expect(lost.exit).toBe(3);
    expect(json(lost)).toMatchObject({ error: { code: 'not-a-repository' } });
  });
});
