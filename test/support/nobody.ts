// An owner of locks and intents of whom nothing can be looked up.
import type { Owner } from '../../src/kernel/owner.ts';

export function nobody(token: string): Owner {
  return {
    token,
    pid: process.pid,
    startTime: '',
    bootId: '',
    pidNamespace: '',
    host: '',
    uid: 0,
    command: 'test',
    since: '',
  };
}
