/** The tests' own door to it: what waits in a contract step waits in every test. */
export { until } from "@jx/conformance";
