import { messageOf } from "@jx/kit";
import { API_VERSION } from "../client.ts";
import { badProfileFile } from "../model/profile-rules.ts";
import type { UnitsOfMeasure } from "../model/units.ts";
import type { FileWireName } from "../operation.ts";
import type { WireCodec } from "../wire/codecs.ts";
import { stringifyJson } from "../wire/json.ts";
import { parseProfileFile } from "./files.ts";
import { unitsToYaml } from "./units-file.ts";

/** EdgeX answers with YAML for exactly this Accept (go-mod-core-contracts common/constants.go). */
const YAML_TYPE = "application/x-yaml";

/** Bodies and answers in YAML. */
export const fileCodecs: Readonly<Record<FileWireName, WireCodec>> = {
  "profile-upload": {
    decodeFile(text) {
      try {
        return parseProfileFile(text, { file: "profile" });
      } catch (cause) {
        throw badProfileFile(messageOf(cause), cause);
      }
    },
    encodeBody(profile) {
      const text = stringifyJson(profile); // JSON is YAML
      let boundary = "jx-profile";
      while (text.includes(boundary)) boundary += "-";
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="profile.yaml"\r\n`;
      return {
        contentType: `multipart/form-data; boundary=${boundary}`,
        bytes: `${head}Content-Type: ${YAML_TYPE}\r\n\r\n${text}\r\n--${boundary}--\r\n`,
      };
    },
  },
  "units-answer": {
    encodeOutput(output, frame, { accept }) {
      const { uom } = output as { uom: UnitsOfMeasure };
      if (accept === YAML_TYPE) return { contentType: YAML_TYPE, bytes: unitsToYaml(uom) };
      return { contentType: "application/json", bytes: stringifyJson({ apiVersion: API_VERSION, ...frame, uom }) };
    },
  },
};
