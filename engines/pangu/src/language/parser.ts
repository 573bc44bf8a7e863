import type { GrammarAST, ParseResult } from "langium";
import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  DefaultTokenBuilder,
  EmptyFileSystem,
  inject,
} from "langium";
import type { RuleFile } from "./generated/ast.ts";
import { PanguGeneratedModule, PanguGeneratedSharedModule } from "./generated/module.ts";
import { ExpectedTokens, type TokenType } from "./syntax.ts";

/** Lets "当前" and "ruler" be names: Langium finds the longer token only for patterns without the u flag. */
class WordTokenBuilder extends DefaultTokenBuilder {
  protected override findLongerAlt(_keyword: GrammarAST.Keyword, terminals: TokenType[]): TokenType[] {
    return terminals.filter((terminal) => terminal.name === "ID");
  }
}

function createParser() {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), PanguGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), PanguGeneratedModule, {
    parser: {
      TokenBuilder: () => new WordTokenBuilder(),
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
