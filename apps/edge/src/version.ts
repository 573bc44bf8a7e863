/** JX Edge's own version; EdgeX's API level is something else (runtime, EDGEX_VERSION). A test holds it to package.json. */
export const VERSION = "0.1.0";
