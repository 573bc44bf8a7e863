/** The loop on the slide, as a rule file; both languages, so that a reader sees that they are one language. */
export const DEMO_RULE_FILE = "demo-station.pangu";

/**
 * 42 °C is the figure of the deck, a demonstration value: a real bearing alarms at 70 °C and more. Hot and running must
 * hold together for the second: states and temperatures are polled apart, so after "reset plant" a pump is known to run
 * up to half a second before its bearing is known to be cool again.
 */
export const DEMO_RULES = `// 演示规则 / demonstration rules.  "42 ℃" 是演示值，不是真实轴承的定值。
// 42 ℃ is a demonstration value, not the setting of a real bearing.

规则 "1号泵轴承超温停泵" 优先级 高 {
  当 ("CCW-Pump-1".BearingTempDE > 42 ℃ 回差 2 ℃ 且 "CCW-Pump-1".Running) 持续 1 s
  则 令 "CCW-Pump-1".Stop = true 核对 3 s
     通知 "1号泵轴承 {"CCW-Pump-1".BearingTempDE} 超过 42 ℃，已停泵" 级别 严重
     记录 "trip pump 1"
}

rule "stop pump 2 when its bearing overheats" priority high {
  when ("CCW-Pump-2".BearingTempDE > 42 °C hysteresis 2 °C and "CCW-Pump-2".Running) for 1 s
  then set "CCW-Pump-2".Stop = true verify within 3 s
       notify "Pump 2: bearing at {"CCW-Pump-2".BearingTempDE}, above 42 °C; stopped" level critical
       log "trip pump 2"
}

rule "start the standby: pump 2" {
  when "CCW-Pump-1".Tripped and not "CCW-Pump-2".Running and "CCW-Pump-2".Ready
  then set "CCW-Pump-2".Start = true verify within 3 s
       notify "Pump 1 tripped: standby pump 2 started"
}

规则 "启动备用泵：1号" {
  当 "CCW-Pump-2".Tripped 且 非 "CCW-Pump-1".Running 且 "CCW-Pump-1".Ready
  则 令 "CCW-Pump-1".Start = true 核对 3 s
     通知 "2号泵跳闸：备用1号泵已启动"
}
`;
