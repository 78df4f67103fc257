import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { parseConfig } from '../../src/sessions/settings-parse.ts';
import { brokenPrefixRule, ConfigSchema } from '../../src/sessions/settings-schema.ts';
import { userConfigFile } from '../../src/sessions/settings-place.ts';
import { checkSessionsDir } from '../../src/sessions/settings.ts';

const file = '/p/.flight-rules/config.json';

function problem(text: string): { path: string; problem: string; file: string } {
  try {
    parseConfig(file, text);
  } catch (error) {
    if (isFlightError(error, 'bad-config')) return error.data;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a configuration file', () => {
  test('may have comments, trailing commas, a byte order mark and $schema', () => {
    const text = `\uFEFF{
      // where the editor finds the rules
      "$schema": "https://example.invalid/config.schema.json",
      "parallel": { /* a week */ "keepDays": 14, "verify": ["npm test", "npm run lint",], },
    }`;
    expect(parseConfig(file, text)).toEqual({
      parallel: { keepDays: 14, verify: ['npm test', 'npm run lint'] },
      warnings: [],
    });
  });

  test.each(['', '  \n', '// nothing yet\n', '{}'])('may be empty: %j', (text) => {
    expect(parseConfig(file, text)).toEqual({ parallel: {}, warnings: [] });
  });

  test('names file and path of each key it does not know', () => {
    const text = '{"paralel": {}, "parallel": {"keepdays": 1, "base": "main"}}';
    const { warnings, parallel } = parseConfig(file, text);
    expect(parallel.base).toBe('main');
    expect(warnings.map(({ code }) => code)).toEqual(['unknown-config-key', 'unknown-config-key']);
    expect(warnings[0]?.message).toContain(`${file}: paralel `);
    expect(warnings[1]?.message).toContain(`${file}: parallel.keepdays `);
  });

  test('may hold settings of later versions', () => {
    const text =
      '{"parallel": {"copy": [".env.test"], "setup": "npm ci", "teardown": ["x"], "ports": {"base": 4000}, "guard": "block"}}';
    expect(parseConfig(file, text).warnings).toEqual([]);
  });

  test('that is no JSON is refused with line and column', () => {
    const error = problem('{\n  "parallel": {\n    "base" "main"\n  }\n}');
    expect(error.file).toBe(file);
    expect(error.problem).toMatch(/^line 3, column 12: .*colon expected/u);
  });

  test.each([
    ['null', '', 'must be an object.'],
    ['[]', '', 'must be an object.'],
    ['{"parallel": []}', 'parallel', 'must be an object.'],
    ['{"parallel": {"keepDays": "7"}}', 'parallel.keepDays', 'must be a whole number of days.'],
    ['{"parallel": {"keepDays": 1.5}}', 'parallel.keepDays', 'must be a whole number of days.'],
    ['{"parallel": {"keepDays": 0}}', 'parallel.keepDays', 'must be at least 1.'],
    ['{"parallel": {"keepDays": 3651}}', 'parallel.keepDays', 'must be at most 3650.'],
    ['{"parallel": {"base": true}}', 'parallel.base', 'must be a text.'],
    ['{"parallel": {"base": "-x"}}', 'parallel.base', 'is no valid branch name.'],
    ['{"parallel": {"agent": ""}}', 'parallel.agent', 'must not be empty.'],
    [
      '{"parallel": {"sessionsDir": "a\\u0000b"}}',
      'parallel.sessionsDir',
      'must not contain a NUL',
    ],
    ['{"parallel": {"verify": [1]}}', 'parallel.verify', 'must be a command or a list'],
    ['{"parallel": {"verify": {}}}', 'parallel.verify', 'must be a command or a list'],
    ['{"parallel": {"verify": ""}}', 'parallel.verify', 'must not be empty.'],
    ['{"parallel": {"branchPrefix": ""}}', 'parallel.branchPrefix', 'must not be empty.'],
    ['{"parallel": {"branchPrefix": "s"}}', 'parallel.branchPrefix', 'must end with'],
    ['{"parallel": {"guard": "Block"}}', 'parallel.guard', 'must be "advise", "block" or "off".'],
    ['{"parallel": {"guard": true}}', 'parallel.guard', 'must be "advise", "block" or "off".'],
    ['{"parallel": {"ports": 1}}', 'parallel.ports', 'must be an object.'],
  ])('%s is refused', (text, path, says) => {
    const error = problem(text);
    expect(error).toMatchObject({ file, path });
    expect(error.problem).toContain(says);
  });
});

test.each(['session/', 'wip-', 'a/b_'])('%s can start the branches of sessions', (prefix) => {
  expect(brokenPrefixRule(prefix)).toBeNull();
});

test.each([
  '',
  's',
  '-x/',
  '/',
  'a//',
  'a b/',
  '../',
  'x.lock/',
  'refs/heads/',
  `${'a'.repeat(100)}/`,
])('%j cannot start the branches of sessions', (prefix) => {
  expect(brokenPrefixRule(prefix)).not.toBeNull();
});

test('the schema becomes a JSON Schema with a description for each setting', () => {
  const schema = JSON.stringify(z.toJSONSchema(ConfigSchema, { io: 'input' }));
  expect(schema).toContain('"keepDays"');
  expect(schema).toContain('days after which trash counts as expired');
  expect(schema).toContain('run on the merged files before work is brought home');
});

describe('the sessions directory', () => {
  const where = { commonDir: absolute('/p/.git'), mainCheckout: absolute('/p'), source: 'file' };

  test.each(['/p/.git', '/p/.git/sessions'])('must not be %s', (directory) => {
    expect(() => checkSessionsDir(absolute(directory), where)).toThrow('bad-config');
  });

  test('may lie inside the main checkout, with a warning', () => {
    const [warning] = checkSessionsDir(absolute('/p/sessions'), where);
    expect(warning?.code).toBe('sessions-dir-inside');
    expect(warning?.message).toContain('/p/sessions');
  });

  test.each(['/p-sessions', '/elsewhere', '/p.git'])('may be %s', (directory) => {
    expect(checkSessionsDir(absolute(directory), where)).toEqual([]);
  });
});

test("the user's file follows XDG, which ignores relative paths", () => {
  const expected = '/home/u/.config/flight-rules/config.json';
  expect(userConfigFile({ HOME: '/home/u' })).toBe(expected);
  expect(userConfigFile({ HOME: '/home/u', XDG_CONFIG_HOME: 'here' })).toBe(expected);
  expect(userConfigFile({ XDG_CONFIG_HOME: '/x' })).toBe('/x/flight-rules/config.json');
});
