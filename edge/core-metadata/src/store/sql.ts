/** SQLite and PostgreSQL understand it alike. */
export const DOCUMENTS = "SELECT kind, content FROM document ORDER BY seq";
