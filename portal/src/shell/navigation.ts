import {
  AudioLines,
  Building2,
  ContactRound,
  House,
  KeyRound,
  type LucideIcon,
  MapPin,
  Phone,
  ScrollText,
  ShieldHalf,
  ShieldOff,
  UserCog,
  Users,
  Video,
} from "lucide-react";
import type { Me } from "../api/resources";
import { isProvider, may, mayBeyondOwn } from "../session/session";

export interface Place {
  to:
    | "/"
    | "/users"
    | "/conferences"
    | "/calls"
    | "/recordings"
    | "/contacts"
    | "/managers"
    | "/audit"
    | "/api-keys"
    | "/access-profiles"
    | "/blocked-sources"
    | "/customers"
    | "/sites";
  /** The message of its name. */
  text: string;
  icon: LucideIcon;
  /** Goes there after `g`. */
  key: string;
  /** Drawn under the heading Administration. */
  administration?: boolean;
  isFor: (me: Me) => boolean;
}

/** Before the letter of an area. */
export const GO_KEY = "g";

/** The areas of the portal; who may not read one never sees it. */
export const places: Place[] = [
  {
    to: "/",
    text: "shell-home",
    icon: House,
    key: "h",
    // Who runs rooms and nothing else begins with these.
    isFor: (me) => mayBeyondOwn(me, "user", "read") && may(me, "call", "read"),
  },
  {
    to: "/conferences",
    text: "shell-conferences",
    icon: Video,
    key: "c",
    isFor: (me) => may(me, "conference_room", "read"),
  },
  {
    to: "/users",
    text: "shell-users",
    icon: Users,
    key: "u",
    isFor: (me) => mayBeyondOwn(me, "user", "read"),
  },
  {
    to: "/calls",
    text: "shell-calls",
    icon: Phone,
    key: "l",
    isFor: (me) => may(me, "call", "read"),
  },
  {
    to: "/recordings",
    text: "shell-recordings",
    icon: AudioLines,
    key: "r",
    isFor: (me) => may(me, "conference", "read"),
  },
  {
    to: "/contacts",
    text: "shell-contacts",
    icon: ContactRound,
    key: "k",
    isFor: (me) => may(me, "contact", "read") && me.principal.kind !== "conference_manager",
  },
  {
    to: "/managers",
    text: "shell-managers",
    icon: UserCog,
    key: "m",
    administration: true,
    isFor: (me) => may(me, "conference_manager", "read"),
  },
  {
    to: "/sites",
    text: "shell-sites",
    icon: MapPin,
    key: "s",
    administration: true,
    isFor: (me) => may(me, "site", "update"),
  },
  {
    to: "/audit",
    text: "shell-audit",
    icon: ScrollText,
    key: "a",
    administration: true,
    isFor: (me) => may(me, "audit_log", "read"),
  },
  {
    to: "/api-keys",
    text: "shell-api-keys",
    icon: KeyRound,
    key: "i",
    administration: true,
    isFor: (me) => may(me, "api_key", "read"),
  },
  {
    to: "/access-profiles",
    text: "shell-access-profiles",
    icon: ShieldHalf,
    key: "p",
    administration: true,
    isFor: (me) =>
      may(me, "access_profile", "create") || mayBeyondOwn(me, "access_profile", "update"),
  },
  {
    to: "/blocked-sources",
    text: "shell-blocked-sources",
    icon: ShieldOff,
    key: "b",
    administration: true,
    isFor: (me) => isProvider(me) && may(me, "blocked_source", "read"),
  },
  {
    to: "/customers",
    text: "shell-customers",
    icon: Building2,
    key: "o",
    administration: true,
    isFor: (me) => isProvider(me) && may(me, "customer", "read"),
  },
];

/** What this one may open, in order. */
export function placesOf(me: Me): Place[] {
  return places.filter((place) => place.isFor(me));
}

/** How many entries fit into the bar at the bottom of a phone's screen, More not counted. */
export const BAR_ENTRIES = 4;
