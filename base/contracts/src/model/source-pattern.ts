import { PatternParser } from "./pattern/parser.ts";
import { matches, PatternError, PatternWork, type Piece, sized, star } from "./pattern/program.ts";
import { Re2Parser } from "./pattern/re2.ts";

/**
 * Source names may be POSIX extended regular expressions over resource names; a pattern must match the whole name
 * (Go regexp.CompilePOSIX; edgex-behaviour.md §1.2, edgex-device-sdk.md §2). JavaScript's own RegExp differs in syntax,
 * and one hostile pattern could hold the main loop for minutes: this one runs all alternatives side by side, in time
 * proportional to pattern × name. Names and patterns of a request may be many and long, so all that it makes us match
 * shares one PatternWork; a call without has one of its own.
 */
export type SourcePattern = (name: string, work?: PatternWork) => boolean;

export { PatternWork };

/** undefined when the text is no such pattern, or one larger than any name needs. */
export function compileSourcePattern(text: string): SourcePattern | undefined {
  return compile(text, () => new PatternParser(text).compile());
}

/**
 * A pattern in RE2's syntax that matches anywhere in a text, as Go's regexp.MatchString does: identifiers of provision
 * watchers. undefined as above.
 */
export function compileRe2(text: string): SourcePattern | undefined {
  const anything = star([{ op: "char", test: () => true }]);
  return compile(text, () => {
    const piece = new Re2Parser(text).compile().slice(0, -1);
    return sized([...anything, ...piece, ...anything, { op: "match" }]);
  });
}

const MAX_LENGTH = 512;

function compile(text: string, parse: () => Piece): SourcePattern | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const program = parse();
    return (name, work = new PatternWork()) => matches(program, name, work);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
