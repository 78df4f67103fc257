/**
 * What is remembered between two looks: types only. Answers are found by content, so that nothing
 * in it can be out of date; synchronous, in memory. Loading and saving it is the caller's.
 */
import type { Judgement } from './model.ts';

/** What a session's work amounted to when its files had a certain fingerprint. */
export interface KnownSnapshot {
  /**
   * what names the content: the commit it comes to (an object id; the commit is in nobody's
   * repository), or, where none had to be made, the fingerprint itself
   */
  readonly tip: string;
  /** what it changed against its base; missing: not found out then */
  readonly touched?: readonly string[];
}

export interface VerdictCache {
  /** @param key content only: settings, and what names the two states */
  readonly verdict: (key: string) => Judgement | undefined;
  readonly setVerdict: (key: string, judgement: Judgement) => void;
  /** @param fingerprint 64 hexadecimal digits: of HEAD, the status entries and their files */
  readonly snapshot: (fingerprint: string) => KnownSnapshot | undefined;
  readonly setSnapshot: (fingerprint: string, snapshot: KnownSnapshot) => void;
}
