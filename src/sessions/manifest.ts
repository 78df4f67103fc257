/** Placeholder of the manifest view; see the shapes. */
export interface UnprovenEntry {
  readonly id: string;
  readonly why: string;
}
