import { type Operation, type WireCodec, type WireName, wireCodecs } from "@jx/contracts";

/** The codec of an operation, when plain JSON by schema is not enough. */
export async function codecOf({ wire }: Pick<Operation, "wire">): Promise<WireCodec | undefined> {
  return wire === undefined ? undefined : codecNamed(wire);
}

export async function codecNamed(wire: WireName): Promise<WireCodec> {
  if (wire !== "profile-upload" && wire !== "units-answer") return wireCodecs[wire];
  // The YAML parser is loaded with the first of them: few processes ever see one.
  return (await import("@jx/contracts/file-codecs")).fileCodecs[wire];
}
