import { aside, processText, type Words } from "./words.ts";

/** The data folder, its files, and a PostgreSQL server. */
export const STORE_WORDS: Words = {
  "folder-locked": (facts) =>
    `数据目录 ${facts.folder} 正被${processText(facts)}使用；请先停止它，或用 --data 另选一个目录。`,
  "disk-full": ({ file }) => `保存 ${file} 的磁盘已满；请清理空间后重试（可用 jx doctor 查看）。`,
  "read-only": ({ file }) => `${file} 无法写入：文件、所在目录或磁盘是只读的；请检查属主和挂载方式。`,
  locked: (facts) => `${facts.file} 被${processText(facts)}锁定；请停止该进程后重试。`,
  corrupt: ({ file }) => `${file} 已损坏或不是数据库；请移走它并恢复备份（可用 jx doctor 检查）。`,
  "cannot-open": ({ file }) => `无法打开 ${file}：所在目录不存在或不是目录，或没有访问权限。`,
  "io-error": ({ file, reason }) => `读写 ${file} 失败：${reason}；请查看内核日志中该磁盘的记录。`,
  database: ({ file, reason }) => `数据库 ${file} 出错：${reason}`,
  "foreign-file": ({ file, kind }) => `${file} 不是 JX Edge 的 ${kind} 数据文件。`,
  "newer-format": ({ file, found, known }) =>
    `${file} 的格式版本是 ${found}，本程序只支持到版本 ${known}；未作任何改动：请启动更新的程序，或恢复升级前的备份。`,
  "postgres-awaited": ({ place, seconds }) => `正在等待 PostgreSQL（${place}），最多 ${seconds} 秒`,
  "schema-awaited": ({ place, schema, holder, seconds }) =>
    `${place} 的模式 ${schema} 正被${holder ?? "另一个 JX Edge"} 使用；最多等待 ${seconds} 秒`,
  "store-locked": ({ place, schema, holder }) =>
    `${place} 的模式 ${schema} 正被${holder ?? "另一个 JX Edge"} 使用；请停止它，或用 --store 另选一个数据库。`,
  "foreign-schema": ({ place, schema }) => `${place} 的模式 ${schema} 中有表但没有格式版本：它不是 JX Edge 的存储。`,
  "newer-schema": ({ place, schema, found, known }) =>
    `${place} 的模式 ${schema} 的格式版本是 ${found}，本程序只支持到版本 ${known}；未作任何改动：请启动更新的程序，或恢复升级前的转储。`,
  "old-server": ({ place, version }) => `${place} 是 PostgreSQL ${version}；需要 15 或更新的版本。`,
  encoding: ({ place, encoding, make }) =>
    `${place} 以 ${encoding} 编码保存文本，无法容纳所有名称；请使用这样创建的数据库：${make}`,
  "server-read-only": ({ place }) =>
    `${place} 不接受写入（备用服务器，或开启了 default_transaction_read_only）；请使用主服务器。`,
  "fsync-off": ({ place }) =>
    `${place} 关闭了 fsync：断电会丢失已确认的数据，甚至整个数据库；请在 postgresql.conf 中设置 fsync = on 并重新加载服务器配置。`,
  "synchronous-commit-off": ({ place, statement }) =>
    `${place} 关闭了 synchronous_commit：服务器崩溃会丢失已确认的数据；请${statement === undefined ? "在 postgresql.conf 中设置 synchronous_commit = on 并重新加载服务器配置" : `执行 ${statement}`}。`,
  "connection-lost": ({ place, reason }) =>
    `无法连接 ${place}${aside(reason)}；请检查地址和端口，并确认服务器正在运行。`,
  access: ({ place, reason }) =>
    `${place} 拒绝登录${aside(reason)}；请检查用户名和密码（--store、JX_STORE_PASSWORD）以及服务器的 pg_hba.conf。`,
  "no-database": ({ place, user, database }) =>
    `${place}：没有这个数据库；请创建：createdb --encoding UTF8 --owner ${user} ${database}`,
  permission: ({ place, user, database }) =>
    `${place}：没有权限；请允许它创建模式：GRANT CREATE ON DATABASE "${database}" TO "${user}"`,
  "server-disk-full": ({ place }) => `${place}：服务器磁盘已满；请清理空间后重试。`,
  "server-full": ({ place, reason }) => `${place}：服务器已满${aside(reason)}；请增大 max_connections 或服务器内存。`,
  "too-long": ({ place }) => `${place}：有名称超过 PostgreSQL 索引的长度（约 2,700 字节）。`,
  "statement-timeout": ({ place }) => `${place}：执行超时；请一次少取一些数据。`,
  "sql-value": () => "数据库中有无法识别的值；可用 jx doctor 检查，详见日志。",
  "thread-ended": () => "数据库线程意外结束；详见日志。",
  "server-refused": ({ place, reason }) => `${place} 拒绝了操作：${reason}`,
};
