// The files of each surface, whole for one command and by their rules for all, and the validator
// of skills.
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { commands, loadCommands, type CommandText } from '../../src/agents/catalogue.ts';
import { readFrontMatter, withFrontMatter } from '../../src/agents/front-matter.ts';
import { skillProblems } from '../../src/agents/skill-format.ts';
import { render } from '../../src/agents/surfaces.ts';

let texts: readonly CommandText[];
beforeAll(async () => {
  texts = await loadCommands(fileURLToPath(new URL('../../templates', import.meta.url)));
});

const short: CommandText = {
  id: 'parallel.status',
  skill: 'parallel-status',
  tool: 'parallel_status',
  prompt: 'parallel.status',
  title: 'Status',
  description: 'Shows it: all of it. Use when asked.',
  arguments: [],
  argumentHint: '[session]',
  userOnly: false,
  body: '# Status\n\nRun `FR parallel status --json`.\n',
};

test('a skill', () => {
  expect(render('skill', short, 'flight-rules')).toEqual({
    path: '.agents/skills/parallel-status/SKILL.md',
    text: `---
name: parallel-status
description: "Shows it: all of it. Use when asked."
---
# Status

Run \`flight-rules parallel status --json\`.
`,
  });
});

test('what Claude Code gets: one entry in its menu, the dotted one', () => {
  const end = { ...short, userOnly: true };
  expect(render('claude-skill', end, 'flight-rules').text.split('\n').slice(0, 6)).toEqual([
    '---',
    'name: parallel-status',
    'description: "Shows it: all of it. Use when asked."',
    'user-invocable: false',
    'disable-model-invocation: true',
    '---',
  ]);
  const command = render('claude-command', end, 'flight-rules');
  expect(command.path).toBe('.claude/commands/parallel.status.md');
  expect(command.text.split('\n').slice(0, 6)).toEqual([
    '---',
    'description: "Shows it: all of it. Use when asked."',
    'argument-hint: "[session]"',
    'disable-model-invocation: true',
    '---',
    '# Status',
  ]);
});

test('commands of the other agents', () => {
  expect(render('cursor-command', short, 'fr')).toEqual({
    path: '.cursor/commands/parallel.status.md',
    text: '# Status\n\nRun `fr parallel status --json`.\n',
  });
  expect(render('opencode-command', short, 'fr').path).toBe(
    '.opencode/commands/parallel.status.md',
  );
  expect(render('gemini-command', short, 'fr')).toEqual({
    path: '.gemini/commands/parallel.status.toml',
    text: `description = "Shows it: all of it. Use when asked."
prompt = '''
# Status

Run \`fr parallel status --json\`.
'''
`,
  });
});

test('every skill keeps to the format, in both folders', () => {
  for (const command of texts) {
    const { skill } = command;
    expect(skillProblems(render('skill', command, 'fr').text, skill)).toEqual([]);
    expect(skillProblems(render('claude-skill', command, 'fr').text, skill, 'claude')).toEqual([]);
    // its own keys are no part of the format
    expect(skillProblems(render('claude-skill', command, 'fr').text, skill)).not.toEqual([]);
  }
});

test('names are what each client allows', () => {
  for (const { id, skill, tool, description } of commands) {
    expect(skill).toBe(id.replaceAll('.', '-'));
    expect(tool).toBe(id.replaceAll(/[.-]/gu, '_'));
    expect(description.length).toBeLessThan(300);
  }
});

const good = '---\nname: a-b\ndescription: x\n---\nbody\n';

test.each([
  ['no front matter', 'name: a-b\n', 'It does not begin with a front matter block.'],
  ['no end', '---\nname: a-b\n', 'It does not begin with a front matter block.'],
  ['a dot in the name', good.replace('a-b', 'a.b'), 'name may hold only'],
  ['capitals', good.replace('a-b', 'A-b'), 'name may hold only'],
  ['two hyphens', good.replace('a-b', 'a--b'), 'name may hold only'],
  ['another folder', good.replace('a-b', 'c'), 'name is c, and its folder a-b.'],
  ['no name', good.replace('name: a-b\n', ''), 'name is missing.'],
  ['a long name', good.replace('a-b', 'a'.repeat(65)), 'name is longer than 64 characters.'],
  ['no description', good.replace('description: x\n', ''), 'description is missing.'],
  ['an empty one', good.replace('x', '""'), 'description is empty.'],
  [
    'a long one',
    good.replace('x', 'y'.repeat(1025)),
    'description is longer than 1024 characters.',
  ],
  ['a truth value', good.replace('x', 'true'), 'description is not a text.'],
  ['a foreign key', good.replace('description', 'colour: red\ndescription'), 'colour is no key'],
  [
    'long compatibility',
    good.replace('---\nb', `compatibility: ${'y'.repeat(501)}\n---\nb`),
    'compatibility is longer',
  ],
  [
    'metadata of another shape',
    good.replace('---\nb', 'metadata: x\n---\nb'),
    'metadata is not a map',
  ],
  ['no body', good.replace('body', ''), 'It says nothing after its front matter.'],
  ['YAML beyond us', good.replace('x', '>-\n  x'), 'Its front matter cannot be judged'],
])('a skill with %s is told of', (_what, text, problem) => {
  expect(skillProblems(text, 'a-b').join('\n')).toContain(problem);
});

test.each([
  good,
  good.replaceAll('\n', '\r\n'),
  good.replace(
    '---\nb',
    "license: MIT\nmetadata:\n  author: 'it''s me'\n  version: \"1.0\"\n---\nb",
  ),
  good.replace('---\nb', 'allowed-tools: Bash(git:*) Read\n---\nb'),
])('a skill that is well-formed %#', (text) => {
  expect(skillProblems(text, 'a-b')).toEqual([]);
});

test('what is written is read back, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (text, flag) => {
      const read = readFrontMatter(withFrontMatter({ description: text, flag }, 'body'));
      if (read.kind !== 'read') throw new Error(`${read.kind}: ${text}`);
      expect(read.values.get('description')).toBe(text);
      expect(read.values.get('flag')).toBe(flag);
      expect(read.body).toBe('body');
    }),
  );
});
