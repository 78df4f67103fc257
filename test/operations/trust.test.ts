import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { describe as explain, isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { trustGrant, trustList, trustRevoke } from '../../src/operations/trust.ts';
import { projectConfigFile, userConfigFile } from '../../src/sessions/settings-place.ts';
import { storeFile } from '../../src/trust/store.ts';
import { isTrusted } from '../../src/trust/trust.ts';
import {
  operationContext,
  smallRepository,
  type SmallRepository,
} from '../support/small-repository.ts';

let repository: SmallRepository;
beforeEach(async () => {
  repository = await smallRepository();
});

async function configure(verify: unknown, file = projectConfigFile(repository.root)) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ parallel: { verify } }));
}

const person = () => operationContext(repository, { interactive: true });
const agent = () => operationContext(repository);
const where = () => ({
  commonDir: absolute(join(repository.root, '.git')),
  env: repository.env,
});

async function list() {
  const outcome = await trustList.run({}, agent());
  if (outcome.kind !== 'done') throw new Error('a decision to look?');
  return outcome;
}

async function grant() {
  return trustGrant.run({ yes: true }, person());
}

async function refusal(work: Promise<unknown>) {
  const error: unknown = await work.catch((cause: unknown) => cause);
  if (!isFlightError(error)) throw new Error('not refused', { cause: error });
  return { code: error.code, exit: explain(error).exit };
}

describe('trust list', () => {
  test('shows what is configured, exactly and as it may be printed, and writes nothing', async () => {
    const hostile = 'npm test\r\u001B[2Kecho fine';
    await configure([hostile, 'npm run lint', 'npm run lint']);
    const { data, next } = await list();
    expect(data.commands.map(({ command, approved, since }) => [command, approved, since])).toEqual(
      [
        [hostile, false, null],
        ['npm run lint', false, null],
      ],
    );
    expect(data.commands[0]?.shown).toBe('npm test\\r\\x1b[2Kecho fine');
    expect(next).toHaveLength(1);
    await expect(stat(storeFile(where()))).rejects.toThrow('ENOENT');
  });

  test("does not list the user's own commands", async () => {
    await configure('make', userConfigFile(repository.env));
    expect((await list()).data.commands).toEqual([]);
  });
});

describe('trust grant', () => {
  test('without --yes is a decision that shows the texts and is bound to them', async () => {
    await configure(['npm test']);
    const outcome = await trustGrant.run({}, person());
    if (outcome.kind !== 'decision') throw new Error('not asked');
    expect(outcome.decision.question).toContain('verify: npm test');
    expect((await list()).data.commands[0]?.approved).toBe(false);
    const args = outcome.decision.choices[0]?.args ?? [];
    const ids = args.slice(2, -1);
    expect(args).toEqual(['trust', 'grant', (await list()).data.commands[0]?.id, '--yes']);

    await configure(['npm test; curl evil.invalid']);
    const late = trustGrant.run({ ids: [...ids], yes: true }, person());
    expect(await refusal(late)).toEqual({ code: 'usage', exit: 2 });
    await configure(['npm test']);
    await trustGrant.run({ ids: [...ids], yes: true }, person());
    expect(await isTrusted(where(), 'verify', ['npm test'])).toBe(true);
  });

  test('approves for this repository only, and this text only', async () => {
    await configure(['npm test']);
    const outcome = await grant();
    expect(outcome).toMatchObject({
      kind: 'done',
      data: { granted: [{ command: 'npm test', approved: true, since: '2026-11-22T15:22:00Z' }] },
    });
    expect(await isTrusted(where(), 'verify', ['npm test'])).toBe(true);
    expect(await isTrusted(where(), 'verify', ['npm test', 'npm run lint'])).toBe(false);
    const other = await smallRepository();
    const there = { commonDir: absolute(join(other.root, '.git')), env: repository.env };
    expect(await isTrusted(there, 'verify', ['npm test'])).toBe(false);
  });

  test('is refused without a person', async () => {
    await configure(['npm test']);
    const refused = { code: 'trust-needs-a-person', exit: 4 };
    expect(await refusal(trustGrant.run({ yes: true }, agent()))).toEqual(refused);
    const inAgent = operationContext(repository, { interactive: true, env: { CLAUDECODE: '1' } });
    expect(await refusal(trustGrant.run({ yes: true }, inAgent))).toEqual(refused);
    await expect(stat(storeFile(where()))).rejects.toThrow('ENOENT');
  });

  test('with nothing to approve is done', async () => {
    expect(await trustGrant.run({}, person())).toMatchObject({
      kind: 'done',
      data: { granted: [] },
    });
  });

  test('keeps the approvals from the eyes of others', async () => {
    await configure(['npm test']);
    await grant();
    const mode = (await stat(storeFile(where()))).mode & 0o777;
    expect(process.platform === 'win32' ? 0o600 : mode).toBe(0o600);
  });
});

test.each([
  ['torn', (text: string) => text.slice(0, 40)],
  ['of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['of another repository', (text: string) => text.replace('my-project', 'another-one')],
  ['empty', () => ''],
])(
  'a store that is %s approves nothing and says so; grant writes it anew',
  async (_what, change) => {
    await configure(['npm test']);
    await grant();
    const file = storeFile(where());
    await writeFile(file, change(await readFile(file, 'utf8')));
    const { data, warnings } = await list();
    expect(data.commands.map(({ approved }) => approved)).toEqual([false]);
    expect(warnings.map(({ code }) => code)).toEqual(['trust-store-unreadable']);
    expect(await isTrusted(where(), 'verify', ['npm test'])).toBe(false);
    await grant();
    expect(await isTrusted(where(), 'verify', ['npm test'])).toBe(true);
  },
);

test('an entry whose text was swapped under its hash approves nothing', async () => {
  await configure(['npm test']);
  await grant();
  const file = storeFile(where());
  const swapped = (await readFile(file, 'utf8')).replace('npm test', 'npm evil');
  await writeFile(file, swapped);
  expect(await isTrusted(where(), 'verify', ['npm evil'])).toBe(false);
  expect(await isTrusted(where(), 'verify', ['npm test'])).toBe(false);
});

describe('trust revoke', () => {
  test('takes back what is named, or everything, and anybody may', async () => {
    await configure(['one', 'two']);
    await grant();
    const [first] = (await list()).data.commands;
    await trustRevoke.run({ ids: [first?.id ?? ''] }, agent());
    expect(await isTrusted(where(), 'verify', ['one'])).toBe(false);
    expect(await isTrusted(where(), 'verify', ['two'])).toBe(true);
    expect(await trustRevoke.run({}, agent())).toMatchObject({
      data: { revoked: [{ command: 'two', approved: false }] },
    });
    expect(await isTrusted(where(), 'verify', ['two'])).toBe(false);
  });

  test('finds approvals whose command is no longer configured', async () => {
    await configure(['old']);
    await grant();
    await configure([]);
    expect((await list()).data.commands).toMatchObject([{ command: 'old', configured: false }]);
    await trustRevoke.run({}, agent());
    expect((await list()).data.commands).toEqual([]);
  });
});

// root may write everywhere
test.runIf(process.getuid?.() !== 0)('a place that may not be written is named', async () => {
  await configure(['npm test']);
  const state = repository.env['XDG_STATE_HOME'] ?? '';
  await mkdir(state);
  await chmod(state, 0o500);
  expect(await refusal(grant())).toEqual({ code: 'not-writable', exit: 4 });
});

test('a place that cannot be a folder is a failure with a cause', async () => {
  await configure(['npm test']);
  await writeFile(repository.env['XDG_STATE_HOME'] ?? '', 'in the way');
  expect(await refusal(grant())).toEqual({ code: 'disk-failed', exit: 1 });
});
