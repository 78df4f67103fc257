/**
 * What is remembered between two looks: types only. Answers are found by content, so that nothing
 * in it can be out of date; synchronous, in memory. Loading and saving it is the caller's.
 */
import type { Judgement } from './model.ts';

/** What a session's work amounted to when its files had a certain fingerprint. */
export interface KnownSnapshot {
  /** the commit it comes to: object id, in nobody's repository */
  readonly tip: string;
  /** what it changed against its base; missing: not found out then */
  readonly touched?: readonly string[];
}

export interface VerdictCache {
  /** @param key from `verdict-key.ts`: content only */
  readonly verdict: (key: string) => Judgement | undefined;
  readonly setVerdict: (key: string, judgement: Judgement) => void;
  /** @param fingerprint of HEAD, the status entries and the files behind them */
  readonly snapshot: (fingerprint: string) => KnownSnapshot | undefined;
  readonly setSnapshot: (fingerprint: string, snapshot: KnownSnapshot) => void;
}
