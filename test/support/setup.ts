// The same environment for every test on every machine: nothing of the developer's git, terminal,
// CI or coding agent reaches a test, unless the test sets it.
import { join } from 'node:path';
import { inject } from 'vitest';

const home = inject('runHome');

// GIT_*: a hook or an outer git sets GIT_DIR and then every test would work on that repository.
// npm_*: an outer `npm test` passes its configuration on to any npm that a test starts.
for (const name of Object.keys(process.env)) {
  if (/^(GIT|npm|SSH|XDG)_/i.test(name)) delete process.env[name];
}

const markers = [
  'CI',
  'GITHUB_ACTIONS',
  'CLAUDECODE',
  'CODEX_SANDBOX',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'OPENCODE',
];
const terminal = [
  'EDITOR',
  'VISUAL',
  'PAGER',
  'NO_COLOR',
  'FORCE_COLOR',
  'COLUMNS',
  'NODE_OPTIONS',
];
for (const name of [...markers, ...terminal]) delete process.env[name];

Object.assign(process.env, {
  HOME: home,
  USERPROFILE: home,
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_DATA_HOME: join(home, 'data'),
  XDG_STATE_HOME: join(home, 'state'),
  XDG_RUNTIME_DIR: join(home, 'runtime'),
  GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
});
