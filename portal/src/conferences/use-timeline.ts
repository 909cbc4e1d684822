import { useEffect, useRef, useState } from "react";
import type { Conference } from "../api/resources";
import { type Happening, changes, remembered } from "./timeline";

/** A timeline is bounded: a day-long conference keeps its latest hours. */
const MOST = 500;

/** What happened, from what the rows remember and what this page has seen. */
export function useTimeline(conference: Conference): Happening[] {
  const [list, setList] = useState(() => remembered(conference));
  const before = useRef(conference);
  useEffect(() => {
    const was = before.current;
    before.current = conference;
    if (was === conference) return;
    if (was.id !== conference.id) {
      setList(remembered(conference));
      return;
    }
    const fresh = changes(was, conference, new Date().toISOString());
    if (fresh.length > 0) setList((shown) => [...shown, ...fresh].slice(-MOST));
  }, [conference]);
  return list;
}
