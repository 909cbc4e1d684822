import type { Failed } from "../api/each";
import { explain } from "../api/errors";
import { Notice, ProgressBar } from "./display";
import { useText } from "./texts";

interface ProgressProps<T> {
  /** How many were tried; undefined while nothing is under way. */
  done: number | undefined;
  total: number;
  failed: Failed<T>[];
  nameOf: (item: T) => string;
}

/** How far an act on several is, and afterwards for whom it did not work and why. */
export function Progress<T>({ done, total, failed, nameOf }: ProgressProps<T>) {
  const t = useText();
  return (
    <>
      {done !== undefined && total > 1 && (
        <div className="stack">
          <ProgressBar label={t("design-progress")} value={done} max={total} />
          <p className="dim" role="status">
            {t("design-progress-is", { done, total })}
          </p>
        </div>
      )}
      {failed.length > 0 && (
        <div role="alert">
          <Notice tone="bad">
            <p>{t("design-failed", { count: failed.length })}</p>
            <ul className="failed-list">
              {failed.map(({ item, error }, index) => (
                <li key={index}>
                  <b>{nameOf(item)}</b>: {explain(error, t)}
                </li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
    </>
  );
}
