import type { GrammarAST, LangiumCoreServices, ParseResult } from "langium";
import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  DefaultLexer,
  DefaultTokenBuilder,
  EmptyFileSystem,
  inject,
  type LexerResult,
} from "langium";
import type { RuleFile } from "./generated/ast.ts";
import { PanguGeneratedModule, PanguGeneratedSharedModule } from "./generated/module.ts";
import { ExpectedTokens, TOO_DEEP, type TokenType } from "./syntax.ts";

/** Lets "当前" and "ruler" be names: Langium finds the longer token only for patterns without the u flag. */
class WordTokenBuilder extends DefaultTokenBuilder {
  protected override findLongerAlt(_keyword: GrammarAST.Keyword, terminals: TokenType[]): TokenType[] {
    return terminals.filter((terminal) => terminal.name === "ID");
  }
}

/** Brackets and "not" inside each other. */
const MAX_DEPTH = 64;

/**
 * Refuses deep nesting before the parser recurses into it: where its stack runs full, Langium hands over half a tree
 * and reports nothing.
 */
class BoundedLexer extends DefaultLexer {
  override tokenize(text: string): LexerResult {
    const result = super.tokenize(text);
    const token = tooDeep(result.tokens);
    if (token === undefined) return result;
    const { startOffset: offset, startLine: line, startColumn: column, image } = token;
    return { ...result, tokens: [], errors: [{ offset, line, column, length: image.length, message: TOO_DEEP }] };
  }
}

function tooDeep(tokens: LexerResult["tokens"]): LexerResult["tokens"][number] | undefined {
  let outer = [0];
  let depth = 0;
  for (const token of tokens) {
    switch (token.tokenType.name) {
      case "OPEN":
        outer.push(++depth);
        break;
      case "not":
      case "非":
        depth++;
        break;
      case "CLOSE":
        outer.pop();
        depth = outer.at(-1) ?? 0;
        break;
      case "CLOSE_BRACE":
        outer = [0];
        depth = 0;
        break;
      case "and":
      case "且":
      case "or":
      case "或":
        depth = outer.at(-1) ?? 0;
    }
    if (depth > MAX_DEPTH) return token;
  }
  return undefined;
}

function createParser() {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), PanguGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), PanguGeneratedModule, {
    parser: {
      TokenBuilder: () => new WordTokenBuilder(),
      Lexer: (services: LangiumCoreServices) => new BoundedLexer(services),
      ParserErrorMessageProvider: () => new ExpectedTokens(),
    },
  });
  shared.ServiceRegistry.register(services);
  return services.parser.LangiumParser;
}

let parser: ReturnType<typeof createParser> | undefined;

/** The syntax tree and what the lexer and parser stumbled over. The parser is made on the first call (about 50 ms). */
export function parse(text: string): ParseResult<RuleFile> {
  parser ??= createParser();
  return parser.parse<RuleFile>(text);
}
