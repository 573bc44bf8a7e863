export { type DatabaseOptions, type OpenReport, openDatabase, openForReading } from "./database.ts";
export { type DiskReport, inspectDisk } from "./disk.ts";
export { commandOf, describeHolder, type Holder, lockHolder } from "./holder.ts";
export { type FolderLock, lockFolder } from "./lock.ts";
export type { Migration, MigrationReport, Schema } from "./migrations.ts";
export * from "./sql-values.ts";
export { storageError } from "./storage-error.ts";
export { openStore, type Store, type StoreOptions, type StoreStats, type WriteOptions } from "./store.ts";
export { defineStore, type Job, type Jobs, type StoreModule, Transfer, type WriterHooks } from "./store-module.ts";
