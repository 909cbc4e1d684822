import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { Button } from "./button";
import { Notice } from "./display";
import { useText } from "./texts";
import { toast } from "./toast";

/**
 * A part that is fetched when it is first needed. Where that fails (the server is away, or runs a
 * newer build), the page around it goes on: a dialog says so and closes, a tab offers to try again.
 */
export function lazyPart<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  waiting: ReactNode = null,
) {
  let loaded: ComponentType<P> | undefined;
  const fetchPart = async () => {
    loaded ??= (await load()).default;
    return loaded;
  };
  function Part(props: P) {
    const t = useText();
    const [Content, setContent] = useState(() => loaded);
    const [round, setRound] = useState(0);
    const [isMissing, setMissing] = useState(false);
    const onClose = "onClose" in props ? (props.onClose as () => void) : undefined;
    useEffect(() => {
      let isHere = true;
      fetchPart().then(
        (part) => {
          if (isHere) setContent(() => part);
        },
        () => {
          if (!isHere) return;
          if (onClose) {
            toast({ kind: "bad", text: t("design-part-missing") });
            onClose();
          } else {
            setMissing(true);
          }
        },
      );
      return () => {
        isHere = false;
      };
      // Once for each try: what is passed to the part does not make another.
      // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [round]);
    if (Content !== undefined) return <Content {...props} />;
    if (!isMissing) return <>{waiting}</>;
    return (
      <Notice tone="bad">
        <p>{t("design-part-missing")}</p>
        <Button
          small
          onPress={() => {
            setMissing(false);
            setRound(round + 1);
          }}
        >
          {t("design-try-again")}
        </Button>
      </Notice>
    );
  }
  /** Fetches it ahead, while nothing else is to be done. */
  const ahead = () => void fetchPart().catch(() => undefined);
  return Object.assign(Part, { ahead });
}

/** Fetches parts once the page has settled: the server may be away when they are needed. */
export function useAhead(...parts: { ahead: () => void }[]): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const part of parts) part.ahead();
    }, 1500);
    return () => clearTimeout(timer);
    // The parts of a page are always the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
}
