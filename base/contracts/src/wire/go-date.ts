/** Go's time.UnixDate, "Mon Nov 23 22:14:31 UTC 2026": what EdgeX's ping answers. Input in ms since 1970; always UTC. */
export function unixDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2, " ")} ${time} UTC ${year}`;
}
