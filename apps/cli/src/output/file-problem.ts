import { type FileMisfit, VALUE_TYPES } from "@jx/contracts";

/** What of a file does not fit, one line each, in Chinese; the English is the error's own message. */
export function misfitsZh(file: string, misfits: readonly FileMisfit[]): string {
  return misfits
    .map(({ line, column, path, found, ...rest }) => {
      const shown = found === undefined ? "" : `，现在是 ${found}`;
      return `${file}:${line}:${column}：${path} ${wanted(rest)}${shown}`;
    })
    .join("\n");
}

/** The types that Go's decoder asks for, as dto-rules.ts names them. */
const TYPES: Readonly<Record<string, string>> = {
  text: "文本",
  "a number": "数",
  "a whole number": "整数",
  "a whole number of 0 or more": "不小于 0 的整数",
  "true or false": " true 或 false",
  "a list": "列表",
  "an object": "一组“名称: 值”",
};

function wanted({ rule, param, want }: Pick<FileMisfit, "rule" | "param" | "want">): string {
  switch (rule) {
    case "type":
      return `应为${TYPES[param] ?? "别的类型"}`;
    case "required":
      return "缺失";
    case "one-of":
      return `应为 ${param.replaceAll("' '", "'、'")} 之一`;
    case "empty":
      return "不能为空白";
    case "blank":
      return "应为空，或不全是空格";
    case "too-few":
      return `应多于 ${param} 项`;
    case "range":
      return rangeText(param);
    case "uuid":
      return "应为 UUID";
    case "uri":
      return "应为 URL，例如 http://127.0.0.1:59901";
    case "value-type":
      return `不是 EdgeX 的值类型，应为 ${VALUE_TYPES.join("、")} 之一`;
    case "duration":
      return `应为时长${param === "" ? "" : `（至少 ${param}）`}，例如 500ms、10s`;
    default:
      return want;
  }
}

function rangeText(param: string): string {
  const [tag, limit] = param.split(" ");
  if (tag === "max") return `最多 ${limit} 个字符`;
  return `应${tag === "gte" ? "不小于" : "不大于"} ${limit}`;
}
