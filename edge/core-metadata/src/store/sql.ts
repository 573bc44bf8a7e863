/** Statements that SQLite and PostgreSQL understand alike, `?` apart. */
export const DOCUMENTS = "SELECT kind, content FROM document ORDER BY seq";
export const REMOVE_DOCUMENT = "DELETE FROM document WHERE kind = ? AND name = ?";
export const PUT_DOCUMENT = `INSERT INTO document(kind, name, content) VALUES(?, ?, ?)
  ON CONFLICT(kind, name) DO UPDATE SET content = excluded.content`;
