import type { ReactNode } from "react";
import type { Failed } from "../api/each";
import { explain } from "../api/errors";
import { Button } from "./button";
import { Notice, ProgressBar } from "./display";
import { useText } from "./texts";

interface Steps {
  done: number;
  total: number;
}

interface ProgressProps<T> {
  /** How many were tried; undefined while nothing is under way. */
  progress: Steps | undefined;
  failed: Failed<T>[];
  nameOf: (item: T) => string;
  /** What a refusal says beyond its words. */
  detail?: ((error: unknown) => ReactNode) | undefined;
}

/** More failures than these are counted, not named. */
const NAMED = 50;

/** How far an act on several is, and afterwards for whom it did not work and why. */
export function Progress<T>({ progress, failed, nameOf, detail }: ProgressProps<T>) {
  const t = useText();
  return (
    <>
      {progress !== undefined && progress.total > 1 && (
        <div className="stack">
          <ProgressBar label={t("design-progress")} value={progress.done} max={progress.total} />
          <p className="dim" role="status">
            {t("design-progress-is", { ...progress })}
          </p>
        </div>
      )}
      {failed.length > 0 && (
        <div role="alert">
          <Notice tone="bad">
            <p>{t("design-failed", { count: failed.length })}</p>
            <ul className="failed-list">
              {failed.slice(0, NAMED).map(({ item, error }, index) => (
                <li key={index}>
                  <b>{nameOf(item)}</b>: {explain(error, t)}
                  {detail?.(error)}
                </li>
              ))}
            </ul>
            {failed.length > NAMED && (
              <p>{t("design-failed-more", { count: failed.length - NAMED })}</p>
            )}
          </Notice>
        </div>
      )}
    </>
  );
}

/** How far something is, in a line of the selection bar, with the way to stop it. */
export function ProgressLine({ text, onStop }: { text: string; onStop: () => void }) {
  const t = useText();
  return (
    <>
      <span role="status">{text}</span>
      <Button small onPress={onStop}>
        {t("design-stop")}
      </Button>
    </>
  );
}
