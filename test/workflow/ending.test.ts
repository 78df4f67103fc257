// The texts that an end makes, over whatever people have written there. Pure.
import { describe, expect, test } from 'vitest';
import { completeLog, type Ending } from '../../src/workflow/complete.ts';
import { mergeDraft, emptyDraft } from '../../src/workflow/draft.ts';
import { withLearnings } from '../../src/workflow/learnings.ts';
import { firstParagraph, oneLine } from '../../src/workflow/one-line.ts';
import { withEntry } from '../../src/workflow/progress.ts';
import { pullRequestBody } from '../../src/workflow/pull-request-body.ts';
import { readLog } from '../../src/workflow/session-log.ts';
import { parseTasks } from '../../src/workflow/tasks-read.ts';
import { withStatus, type SettableState } from '../../src/workflow/task-status.ts';

const template = '## {{date}} {{title}}\n\n{{summary}}\n\nLog: [{{log}}]({{log}})\n';
const entry = { date: '2026-11-22', title: 'auth', summary: 'Done.', log: 'x_session.md' };
const made =
  '## 2026-11-22 auth\n\nDone.\n\nLog: [session_logs/x_session.md](session_logs/x_session.md)';

describe('progress', () => {
  const cases: readonly (readonly [string, string | null, string])[] = [
    ['none', null, `# Progress\n\n${made}\n`],
    ['empty', '', `# Progress\n\n${made}\n`],
    [
      'newest last',
      '# P\n\n## 2026-01-01 a\n\n## 2026-02-01 b\n',
      `# P\n\n## 2026-01-01 a\n\n## 2026-02-01 b\n\n${made}\n`,
    ],
    [
      'newest first',
      '# P\n\n## 2026-02-01 b\n\nB\n\n## 2026-01-01 a\n',
      `# P\n\n${made}\n\n## 2026-02-01 b\n\nB\n\n## 2026-01-01 a\n`,
    ],
    [
      'one entry, which says so',
      '# P\n\nNewest first.\n\n## 2026-02-01 b\n',
      `# P\n\nNewest first.\n\n${made}\n\n## 2026-02-01 b\n`,
    ],
    [
      'other level',
      '# P\n\n## Log\n\n### 2026-01-01 a\n\nA\n',
      `# P\n\n## Log\n\n### 2026-01-01 a\n\nA\n\n#${made}\n`,
    ],
    [
      'CRLF',
      '# P\r\n\r\n## 2026-01-01 a\r\n',
      `# P\r\n\r\n## 2026-01-01 a\r\n\r\n${made.replaceAll('\n', '\r\n')}\r\n`,
    ],
    ['no final line end', '# P\n\n## 2026-01-01 a\n\nA', `# P\n\n## 2026-01-01 a\n\nA\n\n${made}`],
    [
      'a section behind',
      '# P\n\n## 2026-01-01 a\n\nA\n\n## Links\n\nx\n',
      `# P\n\n## 2026-01-01 a\n\nA\n\n${made}\n\n## Links\n\nx\n`,
    ],
    ['no dates', 'just words\n', `just words\n\n${made}\n`],
  ];
  test.each(cases)('%s: its shape stays, and the entry comes once', (_, before, after) => {
    const text = withEntry(before, entry, template);
    expect(text).toBe(after);
    expect(withEntry(text, { ...entry, title: 'other', date: '2027-01-01' }, template)).toBe(text);
  });

  test('a template without the log gets it; dollar signs and braces are words', () => {
    const text = withEntry(null, { ...entry, summary: '$& {{log}}' }, '- {{date}} {{summary}}');
    expect(text).toBe('# Progress\n\n- 2026-11-22 $& {{log}}\n\nLog: session_logs/x_session.md\n');
  });
});

describe('one line', () => {
  test.each([
    ['# Title', 'Title'],
    ['- item\nmore', 'item more'],
    ['```sh\nrm', 'sh rm'],
    ['> 1. quoted', 'quoted'],
    ['a <!-- b', 'a &lt;!-- b'],
    ['---', ''],
    ['a\u2028b\u0000c', 'a b c'],
  ])('%j', (text, want) => expect(oneLine(text)).toBe(want));

  test('cut at a word', () => {
    expect(oneLine('some words that are too long', 15)).toBe('some words…');
    expect(firstParagraph('# Head\n\n\nFirst\nparagraph.\n\nSecond.')).toBe('First\nparagraph.');
  });
});

describe('learnings', () => {
  test('made, added to, each once; the marker before it counts not', () => {
    const first = withLearnings(null, ['One', 'One', 'Two\nlines']);
    expect(first).toBe('# Critical learnings\n\n- One\n- ```text\n  Two\n  lines\n  ```\n');
    expect(withLearnings(first, ['One', 'Two\nlines'])).toBe(first);
    expect(withLearnings('* One\n* Not One\r\n', ['One'])).toBe('* One\n* Not One\r\n');
    expect(withLearnings('# L\r\n\r\ntext\r\n', ['One'])).toBe('# L\r\n\r\ntext\r\n\r\n- One\r\n');
    expect(withLearnings('- a', ['b'])).toBe('- a\n- b');
    expect(withLearnings('Never One\n', ['One'])).toBe('Never One\n\n- One\n');
  });
});

describe('the status of a task', () => {
  const set = (status: string, state: SettableState, more = ''): string => {
    const text = `## 1.1. One\n\n**Status**: ${status}\nafter\n${more}`;
    const all = parseTasks(text);
    const [task] = all;
    if (task === undefined) throw new Error('no task');
    const after = withStatus(text, task, all, state);
    expect(after.replace(/Status\*\*: .*/u, '')).toBe(text.replace(/Status\*\*: .*/u, ''));
    return /\*\*Status\*\*: (?<is>.*)/u.exec(after)?.groups?.['is'] ?? '';
  };
  test.each([
    ['🔵 Planned', 'complete', '✅ Complete'],
    ['planned', 'in-progress', 'in progress'],
    ['Planned', 'in-progress', 'In Progress'],
    ['🟡', 'complete', '✅'],
    ['Done', 'complete', 'Done'],
    ['', 'planned', '🔵 Planned'],
    ['🔵 planned (later)', 'complete', '✅ complete'],
  ] as const)('%s -> %s', (status, state, want) => expect(set(status, state)).toBe(want));

  test("another task's words are taken", () => {
    const other = '\n## 1.2. Two\n\n**Status**: ☑ Finished\n';
    expect(set('🔵 Planned', 'complete', other)).toBe('☑ Finished');
  });
});

describe('the completed log', () => {
  const ending: Ending = {
    summary: 'What was done.',
    goals: ['A goal\nof two lines', '`code` & *stars* $(x)'],
    next: ['Go on\nthere'],
    commits: [{ oid: 'a'.repeat(40), subject: '# not a heading' }],
    files: ['a.txt', 'with `ticks`\n.txt'],
  };

  test.each(['', '# Log\n', '# Log\r\n\r\n## Summary\r\n\r\nMine\r\n', '## Commits'])(
    '%j: completed, and then the same',
    (before) => {
      const text = completeLog(before, ending);
      expect(completeLog(text, ending)).toBe(text);
      const log = readLog(text);
      expect(log.goals).toEqual(ending.goals);
      expect(log.nextSteps).toEqual(['Go on there']);
      expect(log.sections.map(({ title }) => title).toSorted()).toEqual(
        ['Commits', 'Files touched', 'Goals', 'Next steps', 'Summary'].toSorted(),
      );
      expect(text).toContain('- aaaaaaaaaa not a heading');
    },
  );

  test('more words and more commits are added behind, everything else stays', () => {
    const text = completeLog('# Log\n\n## Own\n\nx  \n', ending);
    const more = completeLog(text, {
      ...ending,
      summary: '## Summary\n\nAgain <!-- secret -->.',
      commits: [...ending.commits, { oid: 'b'.repeat(40), subject: 'second' }],
    });
    expect(more).toContain('What was done.\n\n### Summary\n\nAgain <!-- secret -->.\n');
    expect(more).toContain('- aaaaaaaaaa not a heading\n- bbbbbbbbbb second\n');
    expect(more).toContain('## Own\n\nx  \n');
    expect(completeLog(more, { ...ending, summary: '## Summary\n\nAgain <!-- secret -->.' })).toBe(
      more,
    );
  });
});

test('drafts: a newer text replaces, what is not given stays', () => {
  const first = mergeDraft(emptyDraft, { summary: 'a', next: ['1'], learned: [], tasks: ['x=y'] });
  const second = mergeDraft(first, { summary: 'b', next: [], learned: ['l'], tasks: [] });
  expect(second).toMatchObject({ summary: 'b', next: ['1'], learned: ['l'], tasks: ['x=y'] });
});

test('the text of a pull request: the summary as it was given, and the goals', () => {
  expect(pullRequestBody('## What\r\n\r\nx\r\n', ['a\nb'])).toBe(
    '## What\r\n\r\nx\n\n## Goals\n\n- a b\n',
  );
  expect(pullRequestBody('', ['a'])).toBe('- a');
  expect(pullRequestBody('x', [])).toBe('x');
});
