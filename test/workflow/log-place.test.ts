// Where logs are written: never through a link out of the checkout, never over anything.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { below, type AbsolutePath } from '../../src/kernel/path.ts';
import { readLogText, writeLog, type NewLogFile } from '../../src/workflow/log-place.ts';
import { temporaryFolder } from '../support/repo.ts';

const at = { date: '2026-11-22', time: '14:03' };

function log(checkout: AbsolutePath, text = 'x\n'): NewLogFile {
  return { checkout, staging: below(checkout, '.git', 'staging'), at, session: null, text };
}

test('missing folders are made, and nothing of ours stays behind', async () => {
  const checkout = temporaryFolder();
  expect(await writeLog(log(checkout))).toBe('docs/session_logs/20261122_1403_session.md');
  expect(await readLogText(checkout, 'docs/session_logs/20261122_1403_session.md')).toBe('x\n');
  expect(readdirSync(join(checkout, '.git/staging'))).toEqual([]);
});

test('eight of one minute are eight files', async () => {
  const checkout = temporaryFolder();
  const texts = Array.from({ length: 8 }, (_, nth) => `log ${nth}\n`);
  const names = await Promise.all(texts.map((text) => writeLog(log(checkout, text))));
  expect(new Set(names).size).toBe(8);
  names.forEach((name, nth) => {
    expect(readFileSync(join(checkout, name), 'utf8')).toBe(texts[nth]);
  });
  expect(names).toContain('docs/session_logs/20261122_1403_session-8.md');
});

test('what has the name is not written over, a link that leads nowhere neither', async () => {
  const checkout = temporaryFolder();
  const outside = join(temporaryFolder(), 'target.md');
  mkdirSync(join(checkout, 'docs/session_logs'), { recursive: true });
  symlinkSync(outside, join(checkout, 'docs/session_logs/20261122_1403_session.md'));
  expect(await writeLog(log(checkout))).toBe('docs/session_logs/20261122_1403_session-2.md');
  expect(() => readFileSync(outside)).toThrow('ENOENT');
});

describe('a folder that is not one of the checkout is refused', () => {
  const unsafe: readonly (readonly [string, (checkout: string, outside: string) => void])[] = [
    ['docs is a link out', (checkout, outside) => symlinkSync(outside, join(checkout, 'docs'))],
    [
      'session_logs is a link out',
      (checkout, outside) => {
        mkdirSync(join(checkout, 'docs'));
        symlinkSync(outside, join(checkout, 'docs/session_logs'));
      },
    ],
    [
      'session_logs is a link into the git dir',
      (checkout) => {
        mkdirSync(join(checkout, 'docs'));
        mkdirSync(join(checkout, '.git'));
        symlinkSync(join(checkout, '.git'), join(checkout, 'docs/session_logs'));
      },
    ],
    [
      'docs leads nowhere',
      (checkout, outside) => symlinkSync(`${outside}/no`, join(checkout, 'docs')),
    ],
    ['docs is a file', (checkout) => writeFileSync(join(checkout, 'docs'), '')],
  ];
  test.each(unsafe)('%s', async (_, make) => {
    const [checkout, outside] = [temporaryFolder(), temporaryFolder()];
    make(checkout, outside);
    const refused = await writeLog(log(checkout)).catch((error: unknown) => error);
    expect(isFlightError(refused, 'log-place-unsafe')).toBe(true);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a link to another folder of the checkout is none', async () => {
    const checkout = temporaryFolder();
    mkdirSync(join(checkout, 'documents'));
    symlinkSync('documents', join(checkout, 'docs'));
    await writeLog(log(checkout));
    expect(readdirSync(join(checkout, 'documents/session_logs'))).toHaveLength(1);
  });
});
