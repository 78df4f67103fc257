/** What work under the lock is given. Apart from `lock.ts`, which most of it need not know. */
import type { Git } from '../git/git.ts';
import type { Owner } from '../kernel/owner.ts';

export interface Held {
  /** every process it starts is known as this operation's */
  readonly git: Git;
  readonly owner: Owner;
}
