/** Statements that SQLite and PostgreSQL understand alike, `?` apart. */
export const ENTRIES = "SELECT key, value, created, modified FROM entry ORDER BY seq";
export const REGISTRATIONS = "SELECT content FROM registration ORDER BY seq";
/** A key that is written goes to the end of the list: EdgeX lists keys in the order of their last write. */
export const REMOVE_ENTRY = "DELETE FROM entry WHERE key = ?";
export const ADD_ENTRY = "INSERT INTO entry(key, value, created, modified) VALUES(?, ?, ?, ?)";
export const UNREGISTER = "DELETE FROM registration WHERE service_id = ?";
export const REGISTER = `INSERT INTO registration(service_id, content) VALUES(?, ?)
  ON CONFLICT(service_id) DO UPDATE SET content = excluded.content`;
