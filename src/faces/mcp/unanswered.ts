/**
 * The requests of a client that have no answer yet. A client may close its end as soon as it has
 * asked; what it asked is answered all the same.
 */
import type { JSONRPCMessage } from './kit.ts';

export interface Unanswered {
  readonly received: (message: JSONRPCMessage) => void;
  readonly sent: (message: unknown) => void;
  /** as soon as there are none */
  readonly none: () => Promise<void>;
}

export function unanswered(): Unanswered {
  const ids = new Set<unknown>();
  const waiting: (() => void)[] = [];
  const gone = (id: unknown): void => {
    ids.delete(id);
    if (ids.size > 0) return;
    for (const tell of waiting.splice(0)) tell();
  };
  return {
    received: (message) => {
      if (!('method' in message)) return;
      if ('id' in message) ids.add(message.id);
      // what is taken back is not answered
      else if (message.method === 'notifications/cancelled') gone(message.params?.['requestId']);
    },
    sent: (message) => {
      if (typeof message !== 'object' || message === null || 'method' in message) return;
      if ('id' in message) gone(message.id);
    },
    none: () =>
      ids.size === 0 ? Promise.resolve() : new Promise<void>((tell) => waiting.push(tell)),
  };
}
