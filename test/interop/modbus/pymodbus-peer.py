"""A Modbus TCP server of pymodbus 3.16 as a foreign peer of the driver; the lines it obeys are those of libmodbus-peer.c.

Unit 1 only. Holding registers 0-999 but for a hole at 500-509; all conversions are pymodbus's own.
"""

import asyncio
import sys

from pymodbus.client.mixin import ModbusClientMixin as Client
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

READ = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
# Words only: pymodbus does not know swapped bytes.
ORDER = {"ABCD": "big", "ABCDEFGH": "big", "AB": "big", "CDAB": "little", "GHEFCDAB": "little"}


async def obey(server, line):
    verb, table, kind, order, address, *value = line.split()
    code, at = READ[table], int(address)
    if kind == "Bool":
        if verb == "get":
            return "true" if (await server.async_getValues(1, code, at, 1))[0] else "false"
        await server.async_setValues(1, code, at, [value[0] == "true"])
        return "ok"
    data_type = Client.DATATYPE[kind.upper()]
    if verb == "get":
        registers = await server.async_getValues(1, code, at, data_type.value[1])
        return repr(Client.convert_from_registers(registers, data_type, word_order=ORDER[order]))
    number = float(value[0]) if kind.startswith("Float") else int(value[0])
    registers = Client.convert_to_registers(number, data_type, word_order=ORDER[order])
    await server.async_setValues(1, code, at, registers)
    return "ok"


async def main():
    registers = [SimData(0, count=1000, values=0, datatype=DataType.REGISTERS)]
    holed = [SimData(0, count=500, values=0, datatype=DataType.REGISTERS), SimData(510, count=490, values=0, datatype=DataType.REGISTERS)]
    bits = [SimData(0, count=2000, values=False, datatype=DataType.BITS)]
    device = SimDevice(1, simdata=(bits, bits, holed, registers))
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(await obey(server, line), flush=True)
    await server.shutdown()


asyncio.run(main())
