import type { Conference, Me, Room, User } from "../api/resources";
import { useMe } from "./session";

/** Where a thing is, and whose: all that the scope of a grant can ask about. */
export interface Target {
  /** Null: the provider's. */
  customer: string | null;
  site?: string | null;
  /** The person it belongs to, or is. */
  owner?: string | null;
  /** The room it is, or runs in. */
  room?: string;
  /** People it was assigned to: moderators, operators who joined. */
  assigned?: string[];
}

export function userTarget(user: User): Target {
  return { customer: user.customer_id, site: user.site_id, owner: user.id };
}

export function roomTarget(room: Room): Target {
  return {
    customer: room.customer_id,
    owner: room.owner_id,
    room: room.id,
    assigned: room.moderator_ids,
  };
}

/** Who moderates from inside may do what moderators may. */
export function conferenceTarget(room: Room, conference: Conference): Target {
  const joined = conference.participants
    .filter(
      (one) => one.state === "joined" && ["owner", "moderator", "operator"].includes(one.role),
    )
    .flatMap((one) => one.user_id ?? []);
  return { ...roomTarget(room), assigned: [...room.moderator_ids, ...joined] };
}

type Scope = Me["grants"][number]["scope"];

function covers(me: Me, scope: Scope, target: Target): boolean {
  const user = me.principal.kind === "user" ? me.principal.id : null;
  const isOwn = user !== null && target.owner === user;
  if (me.customer === null) {
    if (scope === "subtree") return true;
    return target.customer === null && (scope === "own" ? isOwn : scope === "customer");
  }
  if (target.customer !== me.customer.id) return false;
  switch (scope) {
    case "customer":
    case "subtree":
      return true;
    case "site":
      return target.site != null && target.site === me.site_id;
    case "own":
      return isOwn;
    case "assigned":
      if (me.principal.kind === "conference_manager")
        return (
          target.room !== undefined && (me.room_ids === null || me.room_ids.includes(target.room))
        );
      return user !== null && (target.assigned ?? []).includes(user);
  }
}

/** Whether this one may do that to this thing: the server's own question, asked before it. */
export function mayOn(me: Me, model: string, operation: string, target: Target): boolean {
  return me.grants.some(
    (grant) =>
      (grant.model === "*" || grant.model === model) &&
      (grant.operation === "*" || grant.operation === operation) &&
      covers(me, grant.scope, target),
  );
}

/** Asks about one thing, from the page that shows it. */
export function useMayOn(): (model: string, operation: string, target: Target) => boolean {
  const me = useMe();
  return (model, operation, target) => mayOn(me, model, operation, target);
}
