import type { Conference, Me, Participant, Room, User } from "../api/resources";

/** Fictitious resources for tests, with what matters given. */

export function me(given: Partial<Me>): Me {
  return {
    principal: { kind: "user", id: "u1", name: "Anna Berg" },
    profile: "customer_administrator",
    grants: [{ model: "*", operation: "*", scope: "customer" }],
    customer: { id: "k1", name: "Example", account_name: "main" },
    site_id: "s1",
    email: "anna.berg@example.com",
    extension: "201",
    room_ids: null,
    csrf_token: "token",
    ...given,
  };
}

export function participant(given: Partial<Participant>): Participant {
  return {
    id: "p1",
    user_id: null,
    name: "Anna Berg",
    target: "201",
    role: "participant",
    state: "joined",
    muted: false,
    talking: false,
    hand_raised: false,
    joined_at: "2026-03-01T10:00:05Z",
    since: "2026-03-01T10:00:05Z",
    reason: null,
    quality: null,
    ...given,
  };
}

export function conference(given: Partial<Conference>): Conference {
  return {
    id: "c1",
    room_id: "r1",
    customer_id: "k1",
    state: "running",
    locked: false,
    recording: false,
    recording_failure: null,
    started_at: "2026-03-01T10:00:00Z",
    ended_at: null,
    participants: [],
    version: 1,
    ...given,
  };
}

export function room(given: Partial<Room>): Room {
  return {
    id: "r1",
    customer_id: "k1",
    number: "600",
    name: "Board",
    owner_id: null,
    moderator_ids: [],
    participant_pin: null,
    moderator_pin: null,
    max_participants: 15,
    lobby: false,
    lock_on_start: false,
    join_muted: false,
    webinar: false,
    wait_for_moderator: false,
    announce: "tone",
    music_while_alone: true,
    record: "off",
    end_when_moderator_leaves: false,
    time_limit_secs: null,
    call_out: [],
    state: "idle",
    running: null,
    version: 1,
    created_at: "2026-01-01T00:00:00Z",
    ...given,
  };
}

export function user(given: Partial<User>): User {
  return {
    id: "u1",
    customer_id: "k1",
    site_id: "s1",
    username: "anna.berg",
    email: "anna.berg@example.com",
    first_name: "Anna",
    last_name: "Berg",
    name: "Anna Berg",
    role: "user",
    extension: "201",
    state: "available",
    features: {
      ring_time: 20,
      no_answer: { type: "hangup", target: "" },
      busy: null,
      offline: null,
      call_waiting: true,
      do_not_disturb: false,
    },
    security: { max_calls: 10 },
    advanced: { disabled: false },
    devices: [],
    version: 3,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    ...given,
  };
}
