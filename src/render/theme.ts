/** Colours by meaning. They only repeat what a word says, so that nothing is lost without them. */
import pico from 'picocolors';

export interface Theme {
  /** something somebody must look at */
  readonly problem: (text: string) => string;
  /** something that is as it should be, or was done */
  readonly good: (text: string) => string;
  /** what is not read at first */
  readonly quiet: (text: string) => string;
  readonly heading: (text: string) => string;
  /** a command to be run */
  readonly command: (text: string) => string;
}

/** @param colour `plain` gives the texts back as they are */
export function theme(colour: 'coloured' | 'plain'): Theme {
  const colours = pico.createColors(colour === 'coloured');
  return {
    problem: colours.red,
    good: colours.green,
    quiet: colours.dim,
    heading: colours.bold,
    command: colours.cyan,
  };
}
