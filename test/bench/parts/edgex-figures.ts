/**
 * EdgeX's Go core data on two cores with PostgreSQL 15 and Mosquitto, non-secure, measured in November 2026 with SDK
 * 4.1-dev (the project's EdgeX dossier, edgex-wire.md). Another run on another day: for orientation, never a ratio.
 */
export const EDGEX_STORING =
  "EdgeX's Go core data, 2 cores, PostgreSQL 15 (edgex-wire.md, another run): over MQTT 631 one-reading or 172 " +
  "five-reading events/s; REST, 16 connections, 979 posts/s, p50 15 ms, p99 38 ms; 258 bytes of disk a reading";
