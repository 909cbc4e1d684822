import { useMemo } from "react";
import { serverNow } from "../design/hooks";
import type { Conference } from "../api/resources";
import { type Happening, changes, remembered } from "./timeline";

/** A timeline is bounded: a day-long conference keeps its latest hours. */
const MOST = 500;

interface Kept {
  seen: Conference;
  list: Happening[];
}

/** What this browser has seen of the latest conference, also while another tab of the room shows. */
let kept: Kept | undefined;

/** What is known of it now: what the rows remember, and what was seen to change. */
function brought(conference: Conference): Kept {
  if (kept?.seen.id !== conference.id) {
    kept = { seen: conference, list: remembered(conference).slice(-MOST) };
  } else if (kept.seen !== conference) {
    const fresh = changes(kept.seen, conference, new Date(serverNow()).toISOString());
    kept = {
      seen: conference,
      list: fresh.length === 0 ? kept.list : [...kept.list, ...fresh].slice(-MOST),
    };
  }
  return kept;
}

/**
 * What happened, from what the rows remember and what this page has seen. Only what the server
 * said: an act that is drawn before its answer has not happened yet.
 */
export function useTimeline(conference: Conference): Happening[] {
  return useMemo(() => brought(conference).list, [conference]);
}
