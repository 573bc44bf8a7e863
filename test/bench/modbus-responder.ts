// Modbus TCP servers for the benchmarks, in a process of their own: any read of holding registers is answered with as
// many registers as it asks for, without looking at what a real server checks. Takes how many ports to serve, prints
// them in one line and ends with stdin.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

const count = Number(process.argv[2] ?? 1);
const serve = (socket: Socket): void => {
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    for (let at = 0; at + 12 <= chunk.length; at += 12) {
      const quantity = chunk.readUInt16BE(at + 10);
      const answer = Buffer.alloc(9 + quantity * 2);
      chunk.copy(answer, 0, at, at + 8);
      answer.writeUInt16BE(3 + quantity * 2, 4);
      answer[8] = quantity * 2;
      socket.write(answer);
    }
  });
};

const ports: number[] = [];
for (let i = 0; i < count; i++) {
  const server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address !== null && typeof address === "object") ports.push(address.port);
}
console.log(ports.join(" "));
process.stdin.resume().on("end", () => process.exit(0));
