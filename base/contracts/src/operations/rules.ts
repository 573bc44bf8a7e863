import { defineTable } from "../operation.ts";
import { Int64, Name, Type } from "../schema.ts";
import { NameParam, Paging } from "./parts.ts";

/** A sentence in both languages. */
export const Bilingual = Type.Object({ zh: Type.String(), en: Type.String() });
export type Bilingual = Type.Static<typeof Bilingual>;

export const RuleProblem = Type.Object({
  severity: Type.Union([Type.Literal("error"), Type.Literal("warning")]),
  /** 1-based. */
  line: Type.Integer(),
  column: Type.Integer(),
  endLine: Type.Integer(),
  endColumn: Type.Integer(),
  code: Type.String(),
  message: Bilingual,
});
export type RuleProblem = Type.Static<typeof RuleProblem>;

/** A problem and the file it is in, also when no rule came of the file. */
export const FileProblem = Type.Object({ file: Type.String(), ...RuleProblem.properties });
export type FileProblem = Type.Static<typeof FileProblem>;

/** What a condition looked at. `value` is the typed value as JSON. */
export const Operand = Type.Object({
  deviceName: Type.String(),
  resourceName: Type.String(),
  value: Type.Unknown(),
  units: Type.String(),
  /** ns since 1970. */
  origin: Type.Optional(Int64),
  eventId: Type.Optional(Type.String()),
});
export type Operand = Type.Static<typeof Operand>;

export const ActionResult = Type.Object({
  kind: Type.Union([Type.Literal("set"), Type.Literal("notify"), Type.Literal("log")]),
  /** "CCW-Pump-1.StopCommand = true", or the text told. */
  text: Type.String(),
  /** verified: the value was read back and is what was written. */
  state: Type.Union([Type.Literal("pending"), Type.Literal("done"), Type.Literal("verified"), Type.Literal("failed")]),
  message: Type.Optional(Type.String()),
  /** ms from the firing to the end of the action. */
  tookMs: Type.Optional(Type.Number()),
});
export type ActionResult = Type.Static<typeof ActionResult>;

export const Firing = Type.Object({
  id: Type.String(),
  rule: Type.String(),
  ruleHash: Type.String(),
  priority: Type.Optional(Type.String()),
  time: Int64,
  /** The condition became true; was true when first judged; or became true while the edge was not running. */
  cause: Type.Union([Type.Literal("rise"), Type.Literal("true-at-start"), Type.Literal("true-after-restart")]),
  reason: Bilingual,
  operands: Type.Array(Operand),
  actions: Type.Array(ActionResult),
});
export type Firing = Type.Static<typeof Firing>;

export const RuleView = Type.Object({
  name: Type.String(),
  file: Type.String(),
  line: Type.Integer(),
  hash: Type.String(),
  priority: Type.Optional(Type.String()),
  /** The rule as it was written. */
  text: Type.String(),
  /** waiting: the condition holds and its `for` time runs; unknown: no good sample yet. */
  state: Type.Union([Type.Literal("true"), Type.Literal("false"), Type.Literal("waiting"), Type.Literal("unknown")]),
  since: Type.Optional(Int64),
  operands: Type.Array(Operand),
  /** Why it is in this state, clause by clause: "✗ p t 41.2 ℃ > 42 ℃ (0.8 ℃ short); ✓ p on is true". */
  explanation: Bilingual,
  firings: Type.Integer(),
  lastFiring: Type.Optional(Int64),
  problems: Type.Array(RuleProblem),
});
export type RuleView = Type.Static<typeof RuleView>;

const RuleFile = Type.Object({ file: Type.String(), text: Type.String() });
const FileParam = Type.Object({ file: Name });
const Checked = Type.Object({ rules: Type.Array(Type.String()), problems: Type.Array(RuleProblem) });

/** Pangu as a service; JX's own interface. Rule files are the truth; they lie in the rules folder as plain text. */
export const rulesOperations = defineTable({
  allRules: {
    method: "GET",
    path: "/rule/all",
    summary: "Every rule with its state and why, and what is wrong with the rule files",
    output: Type.Object({ rules: Type.Array(RuleView), problems: Type.Array(FileProblem) }),
    framing: "single",
    status: 200,
    errors: [],
  },
  ruleByName: {
    method: "GET",
    path: "/rule/name/{name}",
    summary: "One rule with its state and why",
    params: NameParam,
    output: Type.Object({ rule: RuleView }),
    framing: "single",
    status: 200,
    errors: ["NotFound"],
  },
  check: {
    method: "POST",
    path: "/rule/check",
    summary: "Checks rule text against the profiles and changes nothing",
    body: Type.Object({ text: Type.String({ maxLength: 1_000_000 }) }),
    output: Checked,
    framing: "single",
    status: 200,
    errors: ["ContractInvalid"],
  },
  allFiles: {
    method: "GET",
    path: "/rule/file/all",
    summary: "The rule files",
    output: Type.Object({ files: Type.Array(RuleFile) }),
    framing: "single",
    status: 200,
    errors: ["Storage"],
  },
  putFile: {
    method: "PUT",
    path: "/rule/file/{file}",
    summary: "Writes a rule file and puts it in force; refused when it has errors",
    params: FileParam,
    body: Type.Object({ text: Type.String({ maxLength: 1_000_000 }) }),
    output: Checked,
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "Storage"],
  },
  deleteFile: {
    method: "DELETE",
    path: "/rule/file/{file}",
    summary: "Removes a rule file",
    params: FileParam,
    output: Type.Object({}),
    framing: "single",
    status: 200,
    errors: ["NotFound", "Storage"],
  },
  allFirings: {
    method: "GET",
    path: "/firing/all",
    summary: "Firings, newest first, with what was seen and done",
    query: Type.Object(Paging),
    output: Type.Object({ totalCount: Type.Integer(), firings: Type.Array(Firing) }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "Storage"],
  },
});
export type RulesOperations = typeof rulesOperations;
