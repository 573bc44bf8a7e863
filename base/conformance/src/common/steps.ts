/** What every EdgeX service answers: edgex-behaviour.md §0, edgex-configuration.md §4, edgex-wire.md §7. */
import assert from "node:assert/strict";
import { commonOperations, type Table } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { bad, said } from "../raw.ts";
import { secretSteps } from "./secrets.ts";

/** "Mon Jan  2 15:04:05 MST 2006", Go's time.UnixDate. */
const UNIX_DATE = "[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\S+ \\d{4}";
type Plain = Pick<Contract<Table>, "raw">;

/** Without parameters: EdgeX's functional suite compares the whole header. */
const JSON_TYPE = "application/json";

export function commonSteps<T extends Table>(service: string): readonly Step<T>[] {
  const own = ({ other }: Contract<T>) => other(service, commonOperations);
  return [
    {
      name: "ping, version and config name the service",
      zh: "ping、version、config 给出服务名",
      access: "read",
      run: async (c) => {
        const client = own(c);
        const ping = await client.ping({});
        assert.equal(ping.serviceName, service);
        assert.match(ping.timestamp, new RegExp(`^${UNIX_DATE}$`));
        const version = await client.version({});
        assert.equal(version.serviceName, service);
        assert.match(version.version, /^4\.\d+\.\d+/);
        const { config, serviceName } = await client.config({});
        assert.equal(serviceName, service);
        assert.match(String(writable(config)["LogLevel"]), /^(?:TRACE|DEBUG|INFO|WARN|ERROR)$/);
      },
    },
    {
      name: "ping's answer to the letter, and its content type",
      zh: "ping 的应答逐字相符，内容类型正确",
      access: "read",
      over: "HTTP",
      run: exactPing(service),
    },
    {
      name: "X-Correlation-ID comes back, or is made",
      zh: "X-Correlation-ID 原样返回，没有时自动生成",
      access: "read",
      over: "HTTP",
      run: correlation,
    },
    {
      name: "an unknown path is 404 in the words of Go's router",
      zh: "未知路径返回 404，措辞与 Go 的路由器相同",
      access: "read",
      over: "HTTP",
      run: async ({ raw }) => {
        const answer = await raw("/jx-conform-nothing");
        assert.equal(`${answer.status} ${answer.text.trim()}`, '404 {"message":"Not Found"}');
      },
    },
    {
      name: "a wrong method is 405 in the words of Go's router",
      zh: "方法不对返回 405，措辞与 Go 的路由器相同",
      access: "write",
      over: "HTTP",
      run: async ({ raw }) => {
        const answer = await raw("/ping", { method: "POST", body: "" });
        assert.equal(`${answer.status} ${answer.text.trim()}`, '405 {"message":"Method Not Allowed"}');
      },
    },
    {
      name: "the OpenAPI text is served",
      zh: "提供 OpenAPI 文件",
      access: "read",
      over: "HTTP",
      jxOnly: { zh: "EdgeX 没有", en: "EdgeX serves none" },
      run: async ({ raw }) => {
        const { status, headers, text } = await raw("/openapi.json");
        assert.equal(status, 200);
        assert.equal(headers.get("content-type"), JSON_TYPE);
        assert.match((JSON.parse(text) as { openapi: string }).openapi, /^3\.1\./);
      },
    },
    ...secretSteps<T>(service),
  ];
}

function writable(config: unknown): Readonly<Record<string, unknown>> {
  return (config as { Writable?: Readonly<Record<string, unknown>> } | null)?.Writable ?? {};
}

function exactPing(service: string) {
  return async ({ raw }: Plain): Promise<void> => {
    const { status, headers, text } = await raw("/ping");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), JSON_TYPE);
    const expected = `^\\{"apiVersion":"v3","timestamp":"${UNIX_DATE}","serviceName":"${service}"\\}\\n?$`;
    assert.match(text, new RegExp(expected));
  };
}

async function correlation({ raw }: Plain): Promise<void> {
  const header = async (path: string, headers: Readonly<Record<string, string>>) =>
    (await raw(path, { headers })).headers.get("x-correlation-id") ?? "none";
  assert.equal(await header("/version", { "X-Correlation-ID": "jx-conform-id" }), "jx-conform-id");
  assert.match(await header("/version", {}), /^[0-9a-f-]{36}$/);
}

/** `path` takes no GET. */
export function wrongMethodStep<T extends Table>(path: string): Step<T> {
  return {
    name: `GET ${path} is 405`,
    zh: `GET ${path} 返回 405`,
    access: "read",
    over: "HTTP",
    run: async ({ raw }) => {
      const answer = await raw(path);
      assert.equal(`${answer.status} ${answer.text.trim()}`, '405 {"message":"Method Not Allowed"}');
    },
  };
}

/** How every list of EdgeX reads its query; `path` is one of the service's lists, `lowest` its smallest offset. */
export function pagingSteps<T extends Table>(path: string, lowest: 0 | -1): readonly Step<T>[] {
  const list = ({ raw }: Plain, query: string) => said(raw(`${path}?${query}`));
  return [
    {
      name: `${path}: blanks are trimmed, the first of two counts, bad queries are told as Go tells them`,
      zh: `${path}：查询参数去除首尾空格，重复的取第一个，有错的按 Go 的措辞拒绝`,
      access: "read",
      over: "HTTP",
      run: async (c) => {
        const one = await list(c, "limit=1");
        assert.match(one, /^200 \{"apiVersion":"v3",/);
        assert.match(await list(c, "limit=%201%20&offset=0"), /^200 /);
        assert.match(await list(c, "limit=5&limit=x"), /^200 /);
        const number = (name: string) =>
          bad(
            `failed to parse querystring ${name}'s value x into integer. Error:strconv.Atoi: parsing "x": invalid syntax`,
          );
        assert.equal(await list(c, "limit=x"), number("limit"));
        assert.equal(await list(c, "offset=x"), number("offset"));
        const range = (what: string, bounds: string) => bad(`querystring ${what} is out of min ${bounds} range.`);
        assert.equal(await list(c, "limit=1025"), range("limit's value 1025", "-1 ~ max 1024"));
        assert.equal(await list(c, "limit=-2"), range("limit's value -2", "-1 ~ max 1024"));
        const below = lowest - 1;
        assert.equal(await list(c, `offset=${below}`), range(`offset's value ${below}`, `${lowest} ~ max 2147483647`));
      },
    },
    {
      name: `${path}: the answer is JSON, and says so`,
      zh: `${path}：应答为 JSON，内容类型正确`,
      access: "read",
      over: "HTTP",
      run: async ({ raw }) => {
        const { status, headers, text } = await raw(`${path}?limit=1`);
        assert.equal(status, 200);
        assert.equal(headers.get("content-type"), JSON_TYPE);
        assert.match(text, /^\{"apiVersion":"v3","statusCode":200,"totalCount":\d+,/);
      },
    },
  ];
}
