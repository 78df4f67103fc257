// What is read from a project's documents, as v0.15.8 writes them and as people do.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localTime, logName, newestLogs, parseLogName } from '../../src/workflow/log-name.ts';
import { parseProgress, readProgress } from '../../src/workflow/progress-read.ts';
import { parseTasks, readTasks, stateOf } from '../../src/workflow/tasks-read.ts';
import { readTemplate } from '../../src/workflow/templates.ts';
import { temporaryFolder, writeIn } from '../support/repo.ts';

describe('tasks', () => {
  const area = [
    '# 3.8 Parallel Session Commands',
    '',
    'Words.',
    '',
    '## 3.8.1. parallel.status Command',
    '',
    '**Goal**: Show status',
    '',
    '**Status**: ✅ Complete',
    '',
    '## 3.8.2. parallel.cleanup Command',
    '',
    '**Status**: 🔵 Planned',
    '',
    '## Task 4: Überblick zeigen',
    '- **Status:** in progress (half)',
    '**Status**: Complete',
    '',
    '```',
    '**Status**: Planned',
    '```',
    '## No number at all',
    '**Status**: 🟡',
    '',
  ].join('\r\n');

  test('are headings with a status line', () => {
    const tasks = parseTasks(area);
    expect(tasks.map(({ id, title, status, state }) => [id, title, status, state])).toEqual([
      ['3.8.1', 'parallel.status Command', '✅ Complete', 'complete'],
      ['3.8.2', 'parallel.cleanup Command', '🔵 Planned', 'planned'],
      ['4', 'Überblick zeigen', 'in progress (half)', 'in-progress'],
      ['no-number-at-all', 'No number at all', '🟡', 'in-progress'],
    ]);
    for (const { start, end, status } of tasks) expect(area.slice(start, end)).toBe(status);
  });

  test.each([
    ['🔵 Planned', 'planned'],
    ['TODO', 'planned'],
    ['Not started', 'planned'],
    ['🟡 In Progress', 'in-progress'],
    ['WIP: api', 'in-progress'],
    ['✅ Done', 'complete'],
    ['🔴 Blocked', 'other'],
    ['', 'other'],
  ])('%j is %s', (status, state) => {
    expect(stateOf(status)).toBe(state);
  });

  test('are read from all folders, never through a link out of the checkout', async () => {
    const checkout = temporaryFolder();
    const outside = temporaryFolder();
    writeIn(outside, 'secret.md', '## 9. Secret\n**Status**: Planned\n');
    writeIn(checkout, 'docs/implementation/10-b/10.1.md', '## 10.1 B\n**Status**: Planned\n');
    writeIn(checkout, 'docs/implementation/2-a/2.1.MD', '## 2.1 A\n**Status**: Planned\n');
    writeIn(checkout, 'docs/implementation/notes.txt', '## 3 C\n**Status**: Planned\n');
    symlinkSync(join(outside, 'secret.md'), join(checkout, 'docs/implementation/link.md'));
    symlinkSync(outside, join(checkout, 'docs/implementation/folder'));
    const { tasks } = await readTasks(checkout);
    expect(tasks.map(({ id, file }) => [id, file])).toEqual([
      ['2.1', 'docs/implementation/2-a/2.1.MD'],
      ['10.1', 'docs/implementation/10-b/10.1.md'],
    ]);
    const other = temporaryFolder();
    mkdirSync(join(other, 'docs'));
    symlinkSync(outside, join(other, 'docs/implementation'));
    expect(await readTasks(other)).toEqual({ tasks: [], unread: 0 });
  });

  test('what is too large is said', async () => {
    const checkout = temporaryFolder();
    const text = `## 1 A\n**Status**: Planned\n${'x'.repeat(300 * 1024)}\n## 2 B\n**Status**: Planned\n`;
    writeIn(checkout, 'docs/implementation/a.md', text);
    const { tasks, unread } = await readTasks(checkout);
    expect([tasks.map(({ id }) => id), unread]).toEqual([['1'], 1]);
  });
});

describe('progress', () => {
  test('by dates where all have one, else what stands last is newest', () => {
    const titles = (text: string): string[] => parseProgress(text).map(({ title }) => title);
    expect(titles('# Progress\n## 2026-11-20 B\nb\n## 2026-11-22 C\nc\n## 2026-11-01 A\n')).toEqual(
      ['2026-11-22 C', '2026-11-20 B', '2026-11-01 A'],
    );
    expect(titles('# Progress\n\n### First\nx\n### Second\ny\n')).toEqual(['Second', 'First']);
  });

  test('written by hand, as a list or as words', () => {
    expect(parseProgress('# Progress\r\n\r\n- one\r\n- two\r\n  more\r\n')).toEqual([
      { title: '', text: 'two more' },
      { title: '', text: 'one' },
    ]);
    expect(parseProgress('We began.\n\nWe went on.\n').map(({ text }) => text)).toEqual([
      'We went on.',
      'We began.',
    ]);
    expect(parseProgress('')).toEqual([]);
  });

  test('a link out of the checkout is not read', async () => {
    const checkout = temporaryFolder();
    const secret = writeIn(temporaryFolder(), 'secret.md', '- secret\n');
    mkdirSync(join(checkout, 'docs'));
    symlinkSync(secret, join(checkout, 'docs/progress.md'));
    expect(await readProgress(checkout)).toEqual([]);
  });
});

describe('templates', () => {
  test("the project's own wins; a link out of it and one too large do not", async () => {
    const [own, linked, huge] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const folder = '.flight-rules/doc-templates';
    writeIn(own, `${folder}/session-log.md`, '# Ours\n');
    mkdirSync(join(linked, folder), { recursive: true });
    symlinkSync('/etc/passwd', join(linked, folder, 'session-log.md'));
    writeIn(huge, `${folder}/session-log.md`, 'x'.repeat(64 * 1024 + 1));
    expect((await readTemplate('session-log.md', [own])).text).toBe('# Ours\n');
    const read = await readTemplate('session-log.md', [linked, huge]);
    expect(read.text).toContain('# Session log {{date}}');
    expect(read.warnings.map(({ code }) => code)).toEqual(['template-ignored', 'template-ignored']);
    expect((await readTemplate('progress-entry.md', [])).text).toContain('{{summary}}');
  });
});

describe('names of logs', () => {
  test("show the user's clock", () => {
    const at = new Date('2026-11-22T23:30:00Z');
    expect(logName(localTime(at, 'Asia/Kolkata'), null, 1)).toBe('20261123_0500_session.md');
    expect(logName(localTime(at, 'America/Caracas'), 'auth', 2)).toBe(
      '20261122_1930_auth_session-2.md',
    );
    // no name that Intl knows: the machine's own zone
    expect(localTime(at, ':/etc/localtime')).toEqual(localTime(at, undefined));
  });

  test('are told from other files, the newest first', () => {
    expect(parseLogName('20261122_1930_my_long_name_session-2.md')).toMatchObject({
      session: 'my_long_name',
      nth: 2,
    });
    const names = ['README.md', '20261122_1930_session.md', '20261122_1930_session-10.md'];
    const sorted = newestLogs([
      ...names,
      '20261122_1930_session-9.md',
      '20261123_0000_a_session.md',
    ]);
    expect(sorted.map(({ name }) => name)).toEqual([
      '20261123_0000_a_session.md',
      '20261122_1930_session-10.md',
      '20261122_1930_session-9.md',
      '20261122_1930_session.md',
    ]);
  });
});
