/**
 * Who does something: enough about a process to tell later, without doubt, that it is gone.
 *
 * A pid alone proves nothing (it is reused), its age neither (laptops sleep), and a killed
 * process leaves its git child running. So an owner names pid, start time, boot and pid
 * namespace, and a token that every process started for the operation carries in its
 * environment (`FLIGHT_RULES_OPERATION`), whatever process group it went to.
 */
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface Owner {
  /** random, unique per operation */
  readonly token: string;
  readonly pid: number;
  /** clock ticks since boot (Linux) or the start time as `ps` prints it; empty if unknown */
  readonly startTime: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
  readonly uid: number;
  /** what it does, as typed, for people */
  readonly command: string;
  /** ISO 8601 */
  readonly since: string;
}

export const identityFiles = {
  boot: '/proc/sys/kernel/random/boot_id',
  namespace: '/proc/self/ns/pid',
} as const;

/** The parts of an owner that are the same for every process of this boot and namespace. */
export async function machineIdentity(): Promise<{
  bootId: string;
  pidNamespace: string;
  host: string;
}> {
  const bootId = await readFile(identityFiles.boot, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  const pidNamespace = await readlink(identityFiles.namespace).catch(() => '');
  return { bootId, pidNamespace, host: hostname() };
}
