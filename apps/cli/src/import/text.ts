import { problem } from "../problem.ts";

/** Bytes of a points table; one of 20,000 points has about 3 MB. */
export const MAX_TABLE_BYTES = 8 * 1024 * 1024;

export type Encoding = "utf-8" | "utf-16le" | "gb18030";

/**
 * The text of a table that a person saved: UTF-8 with or without BOM, UTF-16 with BOM (Excel's "Unicode text"), or GBK,
 * which Chinese Excel writes. Every GBK text is also GB 18030; what is valid UTF-8 is hardly ever meant as GBK.
 * @throws AppError bad-file: too large, an Excel workbook, or no text
 */
export function decodeTable(bytes: Uint8Array, file: string): { text: string; encoding: Encoding } {
  if (bytes.length > MAX_TABLE_BYTES) {
    throw problem(
      "bad-file",
      `${file} 大于 ${MAX_TABLE_BYTES} 字节；请分成几个文件。`,
      `${file} is larger than ${MAX_TABLE_BYTES} bytes; split it into several files.`,
    );
  }
  // Zip ("PK") and OLE2 begin so: .xlsx and .xls.
  if ((bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0xd0 && bytes[1] === 0xcf)) {
    throw problem(
      "bad-file",
      `${file} 是 Excel 工作簿：请在 Excel 中另存为 "CSV UTF-8（逗号分隔）"。`,
      `${file} is an Excel workbook: save it in Excel as "CSV UTF-8 (comma delimited)".`,
    );
  }
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes("\u0000")) throw problem("bad-file", `${file} 不是文本文件。`, `${file} is no text file.`);
  return { text, encoding };
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "gb18030";
  }
}

/** A comma, semicolon or tab: whichever the first line that is not empty has most of, outside of quotes. */
export function separatorOf(text: string): "," | ";" | "\t" {
  const line = text.split(/\r\n|\r|\n/, 1_000).find((one) => one.trim() !== "") ?? "";
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, "");
  const count = (separator: string): number => bare.split(separator).length;
  if (count("\t") > count(",") && count("\t") > count(";")) return "\t";
  return count(";") > count(",") ? ";" : ",";
}
