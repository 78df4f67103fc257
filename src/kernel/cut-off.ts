/** Ctrl-C in the middle of something that is not begun again, but gone on with. */
export class CutOff extends Error {
  /** the arguments of ours that go on with it */
  readonly goOn: readonly string[];
  constructor(goOn: readonly string[], cause: unknown) {
    super('cut off', { cause });
    this.name = 'CutOff';
    this.goOn = goOn;
  }
}
