import { ConfigProvider } from "antd";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { SpeechProvider } from "./i18n/language.tsx";
import { refusalOf } from "./model/api.ts";
import { LiveStream } from "./model/live-stream.ts";
import { reduce } from "./model/state.ts";
import { createLiveStore } from "./model/store.ts";
import { LiveProvider } from "./parts/live.tsx";
import "./styles/base.css";
import "./styles/header.css";
import "./styles/page.css";
import "./styles/station.css";
import "./styles/devices.css";
import "./styles/aside.css";
import "./styles/system.css";
import "./styles/small-screens.css";

const LIVE = "/api/v3/live";
const live = createLiveStore();
const stream = new LiveStream({
  open: () => new EventSource(LIVE),
  onMessage: (message) => live.update((state) => reduce(state, message, Date.now())),
  onLost: () => {
    live.update((state) => (state.connection === "live" ? { ...state, connection: "lost" } : state));
    void refusalOf(LIVE).then((refusal) =>
      live.update((state) => (state.connection === "live" ? state : { ...state, refusal })),
    );
  },
});
// A page that the browser keeps for "back" must not keep a viewer's place at the edge.
addEventListener("pagehide", () => stream[Symbol.dispose]());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});

const THEME = {
  token: {
    colorPrimary: "#0b5fae",
    colorError: "#b42318",
    colorText: "#1b2733",
    colorTextDescription: "#55636f",
    colorTextPlaceholder: "#66737f",
    borderRadius: 6,
    fontFamily: "inherit",
    fontSize: 14,
  },
  hashed: false,
};

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <ConfigProvider theme={THEME} button={{ autoInsertSpace: false }}>
        <SpeechProvider>
          <LiveProvider store={live}>
            <App />
          </LiveProvider>
        </SpeechProvider>
      </ConfigProvider>
    </StrictMode>,
  );
}
