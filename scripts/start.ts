// `npm start`: the edge from source, with its console built when that is due.
import { join } from "node:path";
import { buildConsole } from "./build-console.ts";

buildConsole(join(import.meta.dirname, ".."));
await import("../apps/edge/src/main.ts");
