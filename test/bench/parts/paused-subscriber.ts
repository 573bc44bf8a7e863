import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** MQTT 3.1.1 by hand: CONNECT, SUBSCRIBE edgex/#, and then not one byte is read. */
export async function pausedSubscriber(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(Buffer.from([0x10, 0x12, 0, 4, ...Buffer.from("MQTT"), 4, 2, 0, 0, 0, 6, ...Buffer.from("paused")]));
  await once(socket, "data");
  socket.write(Buffer.from([0x82, 0x0c, 0, 1, 0, 7, ...Buffer.from("edgex/#"), 0]));
  await once(socket, "data");
  socket.pause();
  return socket;
}
