// A Modbus TCP server for the benchmark, in a process of its own: any read of holding registers is answered with as
// many registers as it asks for, without looking at what a real server checks. Prints its port; ends with stdin.
import { createServer } from "node:net";

const server = createServer((socket) => {
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
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(address.port);
});
process.stdin.resume().on("end", () => process.exit(0));
