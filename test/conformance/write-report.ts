import { writeFileSync } from "node:fs";
import { reportText } from "./report.ts";
import { compareAll, REPORT } from "./services.ts";

writeFileSync(REPORT, reportText(compareAll()));
