import { useMemo } from "react";
import type { Conference } from "../api/resources";
import { Card } from "../design/display";
import { useText } from "../design/texts";
import { timeOfDay } from "../design/time";
import { lines } from "./timeline";
import { useTimeline } from "./use-timeline";

const NEWEST = 40;

/** Who came and went, the newest first. */
export function Timeline({ conference }: { conference: Conference }) {
  const t = useText();
  const list = useTimeline(conference);
  const shown = useMemo(() => lines(list).slice(0, NEWEST), [list]);
  const latest = shown[0];
  const say = (line: (typeof shown)[number]) =>
    t(`conferences-did-${line.what}`, {
      name: line.name || t("conferences-withheld"),
      count: line.count,
    });
  return (
    <Card title={t("conferences-timeline")} className="timeline">
      <ol tabIndex={0} aria-label={t("conferences-timeline")}>
        {shown.map((line) => (
          <li key={line.key}>
            <time dateTime={line.at}>{timeOfDay(line.at)}</time>
            <span>{say(line)}</span>
          </li>
        ))}
      </ol>
      <span className="visually-hidden" role="status">
        {latest && latest.what !== "started" ? say(latest) : ""}
      </span>
    </Card>
  );
}
