/*
 * A Modbus TCP server of libmodbus (Debian libmodbus-dev), as a foreign peer of the driver. Prints its port, then obeys
 * lines on stdin with libmodbus's own conversions, so that neither side of a comparison is ours:
 *   set <table> <type> <order> <address> <value>   -> ok
 *   get <table> <type> <order> <address>           -> the value
 * No set for floats: modbus_set_float_* of 3.1.6 does not undo modbus_get_float_* (stephane/libmodbus issue 665).
 * Ends when stdin ends. Build: cc libmodbus-peer.c -o libmodbus-peer -lmodbus
 */
#include <inttypes.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static modbus_mapping_t *map;

static uint16_t *registers(const char *table) {
  return strcmp(table, "input") == 0 ? map->tab_input_registers : map->tab_registers;
}

static float get_float(const char *order, const uint16_t *at) {
  if (strcmp(order, "CDAB") == 0) return modbus_get_float_cdab(at);
  if (strcmp(order, "BADC") == 0) return modbus_get_float_badc(at);
  if (strcmp(order, "DCBA") == 0) return modbus_get_float_dcba(at);
  return modbus_get_float_abcd(at);
}

static void obey(char *line) {
  char verb[8] = "", table[16] = "", type[16] = "", order[16] = "", value[64] = "";
  int address = 0;
  sscanf(line, "%7s %15s %15s %15s %d %63s", verb, table, type, order, &address, value);
  uint16_t *tab = registers(table);
  uint16_t *at = tab + address;
  uint8_t *bits = strcmp(table, "discrete") == 0 ? map->tab_input_bits : map->tab_bits;
  if (strcmp(verb, "set") == 0) {
    if (strcmp(type, "Bool") == 0) bits[address] = strcmp(value, "true") == 0;
    if (strcmp(type, "Int16") == 0 || strcmp(type, "Uint16") == 0) *at = (uint16_t)strtol(value, NULL, 10);
    if (strcmp(type, "Int32") == 0 || strcmp(type, "Uint32") == 0) {
      uint32_t number = (uint32_t)strtoll(value, NULL, 10);
      MODBUS_SET_INT32_TO_INT16(tab, address, number);
    }
    if (strcmp(type, "Int64") == 0 || strcmp(type, "Uint64") == 0) {
      uint64_t number = value[0] == '-' ? (uint64_t)strtoll(value, NULL, 10) : strtoull(value, NULL, 10);
      MODBUS_SET_INT64_TO_INT16(tab, address, number);
    }
    printf("ok\n");
  } else {
    if (strcmp(type, "Bool") == 0) printf("%s\n", bits[address] ? "true" : "false");
    if (strcmp(type, "Int16") == 0) printf("%d\n", (int16_t)*at);
    if (strcmp(type, "Uint16") == 0) printf("%u\n", *at);
    if (strcmp(type, "Int32") == 0) printf("%" PRId32 "\n", (int32_t)MODBUS_GET_INT32_FROM_INT16(tab, address));
    if (strcmp(type, "Uint32") == 0) printf("%" PRIu32 "\n", (uint32_t)MODBUS_GET_INT32_FROM_INT16(tab, address));
    if (strcmp(type, "Int64") == 0) printf("%" PRId64 "\n", (int64_t)MODBUS_GET_INT64_FROM_INT16(tab, address));
    if (strcmp(type, "Uint64") == 0) printf("%" PRIu64 "\n", (uint64_t)MODBUS_GET_INT64_FROM_INT16(tab, address));
    if (strcmp(type, "Float32") == 0) printf("%.17g\n", get_float(order, at));
  }
  fflush(stdout);
}

int main(void) {
  modbus_t *ctx = modbus_new_tcp("127.0.0.1", 0);
  map = modbus_mapping_new(2100, 2100, 1000, 1000);
  int listener = modbus_tcp_listen(ctx, 4);
  if (map == NULL || listener < 0) return 1;
  struct sockaddr_in name;
  socklen_t size = sizeof name;
  getsockname(listener, (struct sockaddr *)&name, &size);
  printf("%d\n", ntohs(name.sin_port));
  fflush(stdout);

  fd_set open_set;
  FD_ZERO(&open_set);
  FD_SET(0, &open_set);
  FD_SET(listener, &open_set);
  for (;;) {
    fd_set ready = open_set;
    if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0) return 1;
    for (int fd = 0; fd < FD_SETSIZE; fd++) {
      if (!FD_ISSET(fd, &ready)) continue;
      if (fd == 0) {
        char line[256];
        /* Unbuffered, so that select sees every line that is still to come. */
        size_t length = 0;
        ssize_t got;
        while (length < sizeof line - 1 && (got = read(0, line + length, 1)) == 1 && line[length] != '\n') length++;
        if (length == 0 && got <= 0) return 0;
        line[length] = 0;
        obey(line);
      } else if (fd == listener) {
        int client = accept(listener, NULL, NULL);
        if (client >= 0) FD_SET(client, &open_set);
      } else {
        uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
        modbus_set_socket(ctx, fd);
        int length = modbus_receive(ctx, query);
        if (length > 0) modbus_reply(ctx, query, length, map);
        if (length < 0) {
          close(fd);
          FD_CLR(fd, &open_set);
        }
      }
    }
  }
}
