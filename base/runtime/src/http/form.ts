import { AppError, messageOf } from "@jx/kit";
import { decodeUtf8 } from "./utf8.ts";

/** Bytes of an uploaded file at most; a profile has a few thousand. */
const MAX_FILE_BYTES = 1 << 20;

/**
 * The text of a form's field `file` (multipart/form-data, RFC 7578). The messages are those of EdgeX's Go services.
 * @throws AppError ContractInvalid; LimitExceeded when the file is too large
 */
export async function formFile(bytes: Uint8Array, contentType: string): Promise<string> {
  if (!/^multipart\/form-data(\s*;|$)/i.test(contentType.trim())) {
    throw new AppError("ContractInvalid", "request Content-Type isn't multipart/form-data");
  }
  const file = await fieldOf(bytes, contentType);
  if (file.size > MAX_FILE_BYTES) {
    throw new AppError("LimitExceeded", `the file has ${file.size} bytes; ${MAX_FILE_BYTES} are read`);
  }
  return decodeUtf8(new Uint8Array(await file.arrayBuffer()), "the file");
}

async function fieldOf(bytes: Uint8Array, contentType: string): Promise<Blob> {
  let form: FormData;
  try {
    const body = bytes as Uint8Array<ArrayBuffer>;
    form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch (cause) {
    throw new AppError("ContractInvalid", `the form cannot be read: ${messageOf(cause)}`, { cause });
  }
  const field = form.get("file");
  if (field === null || typeof field === "string") throw new AppError("ContractInvalid", "missing yaml file");
  return field;
}
