// A process of its own that uses the lock, for the tests beside it. It says what it does on
// stdout, one word a line, and does what its first argument says:
//   hold         takes the lock, says `held <token>`, holds it until stdin ends
//   hold-git     the same, with a git child that lives on: says `child <pid>` too
//   count N FILE N times: takes the lock and adds one to the number in FILE; says `took-over` if
//                it got it from a dead holder
import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { openGit, git } from '../../src/git/git.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { withLock } from '../../src/safety/lock.ts';
import { openProject } from '../../src/sessions/project.ts';

const [action, ...rest] = process.argv.slice(2);
const project = await openProject(openGit({ env: process.env }), absolute(process.cwd()), {});
const options = {
  command: ['parallel', action ?? ''],
  breakLock: process.env['BREAK_LOCK'] ?? null,
  clock: systemClock,
  progress: () => undefined,
  waitMs: Number(process.env['WAIT_MS'] ?? '30000'),
};
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

try {
  if (action === 'count') await countUp(Number(rest[0]), rest[1] ?? '');
  else await hold();
} catch (error) {
  if (isFlightError(error)) say(`${error.code} ${JSON.stringify(error.data)}`);
  else throw error;
  process.exitCode = 1;
}

async function countUp(times: number, file: string): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    await withLock(project, options, async (held) => {
      if (held.takenFrom !== null) say('took-over');
      const before = Number(readFileSync(file, 'utf8'));
      // long enough for everybody else to come in between, if they could
      await new Promise((resolve) => setTimeout(resolve, 2));
      writeFileSync(file, String(before + 1));
    });
  }
  say('counted');
}

async function hold(): Promise<void> {
  await withLock(project, options, async (held) => {
    say(`held ${held.owner.token}`);
    if (held.cleaned.removed.length > 0) say(`cleaned ${held.cleaned.removed.join(' ')}`);
    if (action === 'hold-git') {
      const alias = 'alias.linger=!echo "$$" > "$PIDFILE"; exec sleep 600';
      git(held.git, project.commonDir, ['-c', alias, 'linger']).catch(() => undefined);
    }
    process.stdin.resume();
    await once(process.stdin, 'end');
  });
  say('released');
}
