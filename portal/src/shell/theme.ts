import { useEffect } from "react";
import { useStored } from "../design/hooks";

export type Theme = "system" | "light" | "dark";

/** The reader's choice, and what puts it on the page. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useStored<Theme>("theme", "system");
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return [theme, setTheme];
}
