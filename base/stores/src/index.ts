export { type DatabaseOptions, type OpenReport, openDatabase, openForReading } from "./database.ts";
export { type DiskReport, inspectDisk } from "./disk.ts";
export { commandOf, describeHolder, type Holder, lockHolder } from "./holder.ts";
export { type FolderLock, lockFolder } from "./lock.ts";
export type { Migration, MigrationReport, Schema } from "./migrations.ts";
export {
  describeAddress,
  type PartialAddress,
  POSTGRES_PORT,
  type PostgresAddress,
  parsePostgresUrl,
} from "./postgres/address.ts";
export { bigintArray, byteaArray, doubleArray, textArray, uuidArray } from "./postgres/arrays.ts";
export { databaseAddress, type StoreChoice, storeChoice } from "./postgres/choice.ts";
export { inspectPostgres } from "./postgres/inspect.ts";
export { loggedWatch, STORE_AWAY } from "./postgres/logged-watch.ts";
export { RowSnapshot } from "./postgres/row-snapshot.ts";
export { numbered, type PostgresRow, type Sql } from "./postgres/sql.ts";
export {
  openPostgresStore,
  type PostgresReport,
  type PostgresStore,
  type PostgresStoreOptions,
  type PostgresWatch,
} from "./postgres/store.ts";
export { postgresToText, textToPostgres } from "./postgres/text.ts";
export type { Write } from "./postgres/writer.ts";
export * from "./sql-values.ts";
export { storageError } from "./storage-error.ts";
export { openStore, type Store, type StoreOptions, type StoreStats, type WriteOptions } from "./store.ts";
export { defineStore, type Job, type Jobs, type StoreModule, Transfer, type WriterHooks } from "./store-module.ts";
