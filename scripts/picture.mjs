// Takes the terminal picture of the README: a small project with sessions in several states is
// made, `flight-rules parallel status` runs at a real pseudo terminal of 80 columns (util-linux's
// `script`), and what it printed becomes docs/status.svg. Run by hand after a change of its looks.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'flight-rules-picture-')));
const project = join(folder, 'my-project');
const sessions = join(folder, 'my-project-sessions');
const env = {
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  HOME: folder,
  GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C.UTF-8',
  TERM: 'xterm-256color',
};

try {
  makeProject();
  const shown = 'flight-rules parallel status';
  const printed = execFileSync('script', ['-qec', `stty cols 80 && ${shown}`, '/dev/null'], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  const lines = [`\u001b[1m$ ${shown}\u001b[0m`, ...printed.trimEnd().split(/\r?\n/)];
  writeFileSync(join(root, 'docs', 'status.svg'), picture(lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One session for each thing that status can say of one at first sight. */
function makeProject() {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(root, 'dist', 'main.js'), join(folder, 'bin', 'flight-rules'));
  writeFileSync(env.GIT_CONFIG_GLOBAL, '[user]\n\tname = A\n\temail = a@example.invalid\n');
  git(folder, 'init', '--quiet', '--initial-branch', 'main', project);
  commit(project, 'README.md', 'my project', 'Begin');
  commit(project, 'settings.css', 'a { }', 'Settings pages');

  ours('create', 'billing-export', '--goal', 'Export invoices as CSV');
  for (const part of ['rows', 'header', 'quotes']) commitIn('billing-export', `${part}.ts`, part);
  rmSync(join(sessions, 'billing-export'), { recursive: true });

  ours('create', 'auth-jwt', '--goal', 'Replace session cookies by signed tokens');
  commitIn('auth-jwt', 'token.ts', 'Sign tokens');
  writeFileSync(join(sessions, 'auth-jwt', 'token.ts'), 'half of it\n');
  writeFileSync(join(sessions, 'auth-jwt', 'draft.md'), 'notes\n');

  ours('create', 'ui-polish', '--goal', 'Even spacing in the settings pages');
  commitIn('ui-polish', 'settings.css', 'Even spacing');
  git(project, 'merge', '--quiet', '--no-edit', '--no-ff', 'session/ui-polish');

  ours('create', 'api-limits', '--goal', 'Rate limits per API key');
  commitIn('api-limits', 'limits.ts', 'Count requests');
  ours('remove', 'api-limits', '--strategy', 'abandon', '--yes');
}

function commitIn(name, file, message) {
  commit(join(sessions, name), file, message, message);
}

function commit(cwd, file, content, message) {
  writeFileSync(join(cwd, file), `${content}\n`);
  git(cwd, 'add', file);
  git(cwd, 'commit', '--quiet', '--message', message);
}

function git(cwd, ...args) {
  execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

function ours(...args) {
  const argv = ['parallel', ...args, '--json'];
  execFileSync('flight-rules', argv, { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Lines of a terminal as SVG: what SGR sequences colour is a span of that colour. */
function picture(lines) {
  const step = 18;
  const width = 80 * 8.43 + 32;
  const height = lines.length * step + 32;
  const rows = lines.map((line, at) => `<text x="16" y="${30 + at * step}">${spans(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="flight-rules parallel status at a terminal">
<style>text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d4d4d4; white-space: pre; } .b { font-weight: bold; } .d { fill: #8a8a8a; } .r { fill: #f0736a; } .g { fill: #7cc379; } .y { fill: #e2b65c; } .c { fill: #6cb6d9; }</style>
<rect width="100%" height="100%" rx="8" fill="#1b1d23"/>
${rows.join('\n')}
</svg>
`;
}

function spans(line) {
  const classes = new Map([
    ['1', 'b'],
    ['2', 'd'],
    ['31', 'r'],
    ['32', 'g'],
    ['33', 'y'],
    ['36', 'c'],
    ['90', 'd'],
  ]);
  const ends = new Map([
    ['22', ['b', 'd']],
    ['39', ['r', 'g', 'y', 'c', 'd']],
  ]);
  let worn = new Set();
  let shown = '';
  const [first = '', ...rest] = line.split('\u001b[');
  if (first !== '') shown += span(first, []);
  for (const part of rest) {
    const [, codes = '', text = ''] = /^([\d;]*)m(.*)$/.exec(part) ?? [];
    for (const code of codes.split(';')) {
      if (code === '' || code === '0') worn = new Set();
      else if (classes.has(code)) worn.add(classes.get(code));
      else for (const off of ends.get(code) ?? []) worn.delete(off);
    }
    if (text !== '') shown += span(text, [...worn]);
  }
  return shown;
}

function span(text, classes) {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const worn = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<tspan${worn} xml:space="preserve">${safe}</tspan>`;
}
