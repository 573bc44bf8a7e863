import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npm run console:dev` shows the page with the edge at its usual place behind it; JX_URL names another. */
const edge = process.env.JX_URL ?? "http://127.0.0.1:4000";
const services = ["/api", "/core-data", "/core-metadata", "/core-command", "/core-keeper", "/rules"];

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", proxy: Object.fromEntries(services.map((path) => [path, proxied(edge)])) },
  build: {
    // Its polyfill would be an inline script, which the gateway's content policy refuses.
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 1_000,
  },
});

/** The edge refuses a foreign Origin (DESIGN §8.9); the page of the development server has one. */
function proxied(target: string) {
  return { target, changeOrigin: true, headers: { origin: target } };
}
