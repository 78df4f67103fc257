/**
 * Which machine, boot and pid namespace this is: a pid means something only there. On Linux two
 * small files are read; on macOS one `sysctl`.
 */
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface MachineIdentity {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
}

const identityFiles = {
  boot: '/proc/sys/kernel/random/boot_id',
  namespace: '/proc/self/ns/pid',
} as const;

/** What is the same for every process of this boot and namespace. */
export async function machineIdentity(): Promise<MachineIdentity> {
  const bootId = process.platform === 'darwin' ? await bootSession() : await bootIdFile();
  const pidNamespace = await readlink(identityFiles.namespace).catch(() => '');
  return { bootId, pidNamespace, host: hostname() };
}

async function bootIdFile(): Promise<string> {
  return readFile(identityFiles.boot, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}

/** macOS: a random id of this boot. */
async function bootSession(): Promise<string> {
  // only here: a hook has no time to load what it does not need
  const { run, SpawnError } = await import('./processes.ts');
  try {
    const args = ['-n', 'kern.bootsessionuuid'];
    const result = await run('/usr/sbin/sysctl', args, { cwd: '/', env: {}, timeoutMs: 10_000 });
    return result.exit === 0 ? result.stdout.toString('utf8').trim() : '';
  } catch (error) {
    if (error instanceof SpawnError) return '';
    throw error;
  }
}

/** Can a process that was seen there be seen from here? `gone`: it ended with an earlier boot. */
export function placeOf(
  there: MachineIdentity,
  here: MachineIdentity,
): 'here' | 'elsewhere' | 'gone' {
  if (there.host !== here.host) return 'elsewhere';
  if (there.bootId !== here.bootId) {
    return there.bootId === '' || here.bootId === '' ? 'elsewhere' : 'gone';
  }
  return there.pidNamespace === here.pidNamespace ? 'here' : 'elsewhere';
}
