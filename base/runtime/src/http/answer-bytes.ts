import { AppError } from "@jx/kit";

/** Larger than a page of 1,024 events of EdgeX's largest size would be useful to hold: no right answer comes near it. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Gathers an answer's body, so that a peer that never stops sending costs no more than this.
 * @throws AppError Communication beyond `limit` bytes; the rest is not read
 */
export class AnswerBytes {
  readonly #chunks: Uint8Array[] = [];
  readonly #limit: number;
  #size = 0;

  constructor(limit = MAX_ANSWER_BYTES) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > this.#limit) {
      throw new AppError("Communication", `the answer is longer than ${this.#limit} bytes`, { code: "endless-answer" });
    }
    this.#chunks.push(chunk);
  }

  whole(): Buffer<ArrayBuffer> {
    return Buffer.concat(this.#chunks, this.#size);
  }
}

export async function bytesOf(response: Response, limit?: number): Promise<Uint8Array> {
  const bytes = new AnswerBytes(limit);
  // Leaving the loop by an error cancels the stream, which ends the connection.
  for await (const chunk of response.body ?? []) bytes.add(chunk);
  return bytes.whole();
}
