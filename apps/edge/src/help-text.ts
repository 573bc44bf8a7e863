import type { Language } from "./options.ts";

export function helpText(language: Language): string {
  return language === "zh" ? CHINESE : ENGLISH;
}

const ENGLISH = `jx start [options]   (npm start -- [options])

  --data DIR           data folder (JX_DATA; default var/edge in a checkout, /var/lib/jx-edge installed)
  --config FILE        configuration file (default DIR/config.yaml)
  --keeper URL         an EdgeX keeper to take settings, registry and message bus from
                       (EDGEX_CONFIG_PROVIDER=keeper.http://HOST:59890; EDGEX_STARTUP_DURATION, _INTERVAL in s)
  --common-config FILE what all services share, as EdgeX has it, where no keeper has it yet (EDGEX_COMMON_CONFIG)
  --listen ADDRESS     open the console to the network, with a printed one-time link
  --allow-host NAME    a host name that browsers may use for this box; may be repeated
  --port N             port of the console (default 4000)
  --edgex-listen ADDR  open EdgeX's ports and the broker to the network (they carry no authentication)
  --mqtt-port N        port of the embedded broker (default 1883)
  --mqtt-broker H:P    join an outside broker in place of the embedded one
  --no-broker          without the embedded broker
  --store STORE        sqlite (default), postgres, or postgres://user:password@host:port/database (JX_STORE; the password
                       also by JX_STORE_PASSWORD, which no list of processes shows)
  --no-demo            without the demo station
  --plant-port N       Modbus port of the demo plant (default 1502)
  --only KEY           run this service only; may be repeated
  --instance NAME      device services of this process are called device-modbus_NAME (EDGEX_INSTANCE_NAME)
  --remote KEY=URL     a service that runs elsewhere; may be repeated
  --overwrite          write file and environment settings over those in keeper
  --lang zh|en         language of what is printed (JX_LANG)
`;

const CHINESE = `jx start [选项]   （npm start -- [选项]）

  --data 目录          数据目录（JX_DATA；源码中默认 var/edge，安装后默认 /var/lib/jx-edge）
  --config 文件        配置文件（默认为 数据目录/config.yaml）
  --keeper URL         使用已有的 EdgeX keeper：配置、注册表和消息总线均以它为准
                       （EDGEX_CONFIG_PROVIDER=keeper.http://主机:59890；EDGEX_STARTUP_DURATION、_INTERVAL 单位为秒）
  --common-config 文件 keeper 尚无公共配置时使用的 EdgeX 公共配置文件（EDGEX_COMMON_CONFIG）
  --listen 地址        向网络开放控制台，并打印一次性登录链接
  --allow-host 名称    浏览器可用来访问本机的主机名；可重复
  --port N             控制台端口（默认 4000）
  --edgex-listen 地址  向网络开放 EdgeX 端口和 MQTT（没有任何认证）
  --mqtt-port N        内置 MQTT 服务的端口（默认 1883）
  --mqtt-broker H:P    连接外部 MQTT 服务，不启动内置的
  --no-broker          不启动内置 MQTT 服务
  --store 存储         sqlite（默认）、postgres，或 postgres://用户:密码@主机:端口/数据库（JX_STORE；
                       密码也可用 JX_STORE_PASSWORD，不会出现在进程列表中）
  --no-demo            不启动演示站
  --plant-port N       演示装置的 Modbus 端口（默认 1502）
  --only 服务          只运行此服务；可重复
  --instance 名称      本进程的设备服务名为 device-modbus_名称（EDGEX_INSTANCE_NAME）
  --remote 服务=URL    在其他进程或主机上运行的服务；可重复
  --overwrite          用配置文件和环境变量覆盖 keeper 中的设置
  --lang zh|en         输出语言（JX_LANG）
`;
