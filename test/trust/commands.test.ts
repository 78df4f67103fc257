import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { projectConfigFile, userConfigFile } from '../../src/sessions/settings-place.ts';
import { defaults } from '../../src/sessions/settings.ts';
import { runProjectCommand } from '../../src/trust/commands.ts';
import { verification } from '../../src/trust/verification.ts';
import { approvalKey, writeApprovals } from '../../src/trust/store.ts';
import { ended, pidIn } from '../support/processes.ts';
import { smallRepository, type SmallRepository } from '../support/small-repository.ts';
import { absolute } from '../../src/kernel/path.ts';

let repository: SmallRepository;
beforeEach(async () => {
  repository = await smallRepository();
});

const session = {
  name: 'auth',
  worktree: '/w/auth',
  branch: 'session/auth',
  base: 'main',
  projectRoot: '/w/main',
};

const runIt = (
  command: string,
  more: { timeoutMs?: number; keepBytes?: number; signal?: AbortSignal } = {},
) =>
  runProjectCommand(command, {
    directory: repository.root,
    env: { ...repository.env, GIT_DIR: '/nowhere', FLIGHT_RULES_OPERATION: 'token' },
    session,
    timeoutMs: 60_000,
    ...more,
  });

describe('a command of the project', () => {
  test('knows its session, and nothing of ours that would redirect it', async () => {
    const { exit, output } = await runIt('env; pwd');
    expect(exit).toBe(0);
    const lines = output.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'FLIGHT_RULES_SESSION=auth',
        'FLIGHT_RULES_WORKTREE=/w/auth',
        'FLIGHT_RULES_BRANCH=session/auth',
        'FLIGHT_RULES_BASE=main',
        'FLIGHT_RULES_PROJECT_ROOT=/w/main',
        repository.root,
      ]),
    );
    expect(output).not.toMatch(/^(?:GIT_DIR=|FLIGHT_RULES_OPERATION=token)/mu);
  });

  test('tells its exit status and both of its streams, in order', async () => {
    const { exit, output, timedOut } = await runIt('echo one; echo two >&2; echo three; exit 3');
    expect({ exit, output, timedOut }).toEqual({
      exit: 3,
      output: expect.stringContaining('two') as unknown,
      timedOut: false,
    });
    expect(output.split('\n').toSorted()).toEqual(['', 'one', 'three', 'two']);
  });

  test('has no keyboard', async () => {
    expect(await runIt('if read line; then echo got; else echo closed; fi')).toMatchObject({
      output: 'closed\n',
    });
  });

  test('may say a lot: the end of it is kept', async () => {
    const command = 'i=0; while [ $i -lt 3000 ]; do echo "line $i of many"; i=$((i+1)); done';
    const { output } = await runIt(command, { keepBytes: 1000 });
    expect(output).toHaveLength(1000);
    expect(output.endsWith('line 2999 of many\n')).toBe(true);
  });

  test('that hangs is ended', async () => {
    const { exit, timedOut } = await runIt('sleep 300', { timeoutMs: 300 });
    expect(timedOut).toBe(true);
    expect(exit).not.toBe(0);
  });

  test('that is interrupted is ended together with what it started', async () => {
    const pidFile = join(repository.folder, 'pid');
    const interrupt = new AbortController();
    const work = runIt(`sleep 300 & echo $! > '${pidFile}'; wait; echo on`, {
      signal: interrupt.signal,
    });
    const pid = await pidIn(pidFile);
    interrupt.abort();
    const { exit, output, timedOut } = await work;
    expect({ exit, output, timedOut }).toEqual({ exit: null, output: '', timedOut: false });
    expect(await ended(pid)).toBe(true);
  });
});

/** The kernel takes a moment over a process that was killed. */
async function gone(pid: number): Promise<void> {
  while (!(await ended(pid))) await sleep(5);
}

describe('what a command leaves running', () => {
  test('is ended at the limit, also where it has left its group', async () => {
    const pidFile = join(repository.folder, 'pid');
    const leave = `const child = require('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }); require('node:fs').writeFileSync('${pidFile}', child.pid + String.fromCharCode(10)); child.unref();`;
    const command = `'${process.execPath}' -e "${leave}"; sleep 300`;
    const work = runIt(command, { timeoutMs: 1_000 });
    const pid = await pidIn(pidFile);
    expect(await work).toMatchObject({ timedOut: true });
    await gone(pid);
  });

  test('is not waited for once it has ended itself', async () => {
    const pidFile = join(repository.folder, 'pid');
    const work = runIt(`sleep 300 & echo $! > '${pidFile}'; echo said; exit 3`);
    expect(await work).toEqual({ exit: 3, output: 'said\n', timedOut: false });
    await gone(await pidIn(pidFile));
  });
});

describe('verification', () => {
  const commonDir = () => absolute(join(repository.root, '.git'));
  const project = (verify: readonly string[], source: string) => ({
    commonDir: commonDir(),
    settings: { ...defaults, verify: { value: verify, source } },
  });
  const context = () => ({ env: repository.env, session });
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.catch((cause: unknown) => cause);
    if (!isFlightError(error)) throw new Error('not refused', { cause: error });
    return { code: error.code, data: error.data as Record<string, unknown> };
  };

  test('without commands there is none', async () => {
    expect(await verification(project([], 'default'), [], context())).toBeNull();
  });

  test("the repository's commands are refused before anything runs", async () => {
    const file = projectConfigFile(repository.root);
    const work = verification(project(['true', 'echo \u001B[2K\n'], file), [], context());
    expect(await refusal(work)).toEqual({
      code: 'untrusted',
      data: { kind: 'verify', commands: ['true', 'echo \\x1b[2K\\n'] },
    });
  });

  test("the repository's commands run once their exact text is approved", async () => {
    const command = 'echo ran > ran.txt';
    const where = { commonDir: commonDir(), env: repository.env };
    const approval = { kind: 'verify', command, since: '2026-11-22T15:22:00Z' };
    const key = approvalKey('verify', command);
    await writeApprovals(where, new Map([[key, approval]]), []);
    const file = projectConfigFile(repository.root);
    const verify = await verification(project([command], file), [], context());
    await verify?.(repository.root);
    expect(await readFile(join(repository.root, 'ran.txt'), 'utf8')).toBe('ran\n');
    const changed = verification(project([`${command} `], file), [], context());
    expect((await refusal(changed)).code).toBe('untrusted');
  });

  test('what the caller gives or has configured needs no approval', async () => {
    const file = projectConfigFile(repository.root);
    const given = await verification(project(['exit 9'], file), ['true'], context());
    await expect(given?.(repository.root)).resolves.toBeUndefined();
    const own = await verification(
      project(['true'], userConfigFile(repository.env)),
      [],
      context(),
    );
    await expect(own?.(repository.root)).resolves.toBeUndefined();
  });

  test('stops at the first command that fails, with its output', async () => {
    const commands = ['true', 'echo broken; exit 4', 'touch never'];
    const verify = await verification(project([], 'default'), commands, context());
    expect(await refusal(Promise.resolve(verify?.(repository.root)))).toEqual({
      code: 'verify-failed',
      data: { command: 'echo broken; exit 4', exit: 4, output: 'broken\n', timedOut: false },
    });
    await expect(access(join(repository.root, 'never'))).rejects.toThrow('ENOENT');
  });

  test('a directory that is gone fails it', async () => {
    const verify = await verification(project([], 'default'), ['true'], context());
    const gone = absolute('gone', repository.root);
    expect((await refusal(Promise.resolve(verify?.(gone)))).code).toBe('verify-failed');
  });

  test('one that hangs fails it', async () => {
    const verify = await verification(project([], 'default'), ['sleep 300'], {
      ...context(),
      timeoutMs: 200,
    });
    expect(await refusal(Promise.resolve(verify?.(repository.root)))).toMatchObject({
      code: 'verify-failed',
      data: { timedOut: true },
    });
  });
});
