import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { chooseLanguage, type Language, type TextKey, type Translate, translate } from "./text.ts";

interface Speech {
  readonly language: Language;
  readonly choose: (language: Language) => void;
  readonly t: Translate;
}

const KEY = "jx-language";
const SpeechContext = createContext<Speech | undefined>(undefined);

/** The chosen language for everything inside; remembered in this browser. */
export function SpeechProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() => chooseLanguage(remembered(), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = `JX Edge · ${translate(language, "product")}`;
  }, [language]);
  const choose = useCallback((next: Language) => {
    setLanguage(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Storage is switched off in this browser: the choice lasts as long as the page.
    }
  }, []);
  const speech = useMemo<Speech>(
    () => ({ language, choose, t: (key: TextKey, values) => translate(language, key, values) }),
    [language, choose],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === undefined) throw new Error("useSpeech is called outside SpeechProvider");
  return speech;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
