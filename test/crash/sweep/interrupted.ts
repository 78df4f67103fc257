// Ctrl-C: the process is stopped at a fault point, gets the signal there, and goes on.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { said } from './invariants.ts';
import { aftermath, type Ready } from './sweep.ts';
import type { World } from './world.ts';

export interface Signalled {
  readonly point: string;
  readonly signal: 'SIGINT' | 'SIGTERM';
  /** to the process alone, or to its group, as a terminal does */
  readonly to: 'process' | 'group';
}

const exits = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns what is wrong afterwards; done before it heard the signal is fine, too */
export async function interruptAt(world: World, ready: Ready, how: Signalled): Promise<string[]> {
  world.putBack('start');
  const { scenario } = ready;
  const options = scenario.options?.(world) ?? {};
  const running = world.start([...scenario.command, '--json'], {
    ...options,
    env: { ...options.env, FLIGHT_RULES_FAULT: `${how.point}@stop` },
    group: 'own',
  });
  await stopped(running.pid);
  process.kill(how.to === 'group' ? -running.pid : running.pid, how.signal);
  process.kill(running.pid, 'SIGCONT');
  const ended = await running.ended;
  const found: string[] = [];
  if (ended.end !== exits[how.signal] && ended.end !== 0) found.push(`it ended: ${said(ended)}`);
  found.push(...(await aftermath(world, ready, ended.end === 0 ? 'as it was' : 'again')));
  return found.map((problem) => `${how.signal} to the ${how.to} at ${how.point}: ${problem}`);
}

async function stopped(pid: number): Promise<void> {
  for (;;) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
    await sleep(5);
  }
}
