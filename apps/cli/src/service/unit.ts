import { INSTALLED_DATA } from "../place.ts";

export const UNIT_NAME = "jx-edge.service";
export const UNIT_PATH = `/etc/systemd/system/${UNIT_NAME}`;
export const USER = "jx-edge";
export const CACHE = "/var/cache/jx-edge";

/** How the edge is started: program and arguments, absolute. */
export type StartLine = readonly string[];

/**
 * The systemd unit (systemd.service(5), systemd.exec(5)). Not among the usual hardening: MemoryDenyWriteExecute, because
 * V8 compiles to memory; PrivateDevices, because serial lines are devices.
 */
export function unitText(start: StartLine): string {
  return `[Unit]
Description=JX Edge
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=exec
ExecStart=${start.map(quote).join(" ")} --data ${INSTALLED_DATA}
User=${USER}
Group=${USER}
StateDirectory=jx-edge
StateDirectoryMode=0750
CacheDirectory=jx-edge
Environment=NODE_COMPILE_CACHE=${CACHE}
WorkingDirectory=${INSTALLED_DATA}
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=30
LimitNOFILE=65536

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0027

[Install]
WantedBy=multi-user.target
`;
}

/** systemd.service(5), "Command lines": quotes around blanks; % and $ are doubled. */
function quote(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /[\s"'\\;]/.test(word) ? `"${escaped}"` : escaped;
}
