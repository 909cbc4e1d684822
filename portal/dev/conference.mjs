// @ts-check
/** Conferences of the stand-in server: people ring, answer, talk and leave by themselves. */
import { ago, contacts, customer, id, now, rooms, users } from "./data.mjs";

export const conferences = [];

function participant(target, fields = {}) {
  const user = users.find((one) => one.extension === target);
  const contact = contacts.find((one) => one.target === target);
  return {
    id: id("participant"),
    user_id: user?.id ?? null,
    name: user?.name ?? contact?.name ?? "",
    target,
    role: "participant",
    state: "calling",
    muted: false,
    talking: false,
    hand_raised: false,
    joined_at: null,
    since: now(),
    reason: null,
    quality: null,
    ...fields,
  };
}

const joined = (target, seconds, fields = {}) =>
  participant(target, {
    state: "joined",
    joined_at: ago(seconds),
    since: ago(seconds),
    quality: { loss_percent: 0.1, jitter_ms: 6, rtt_ms: 24 },
    ...fields,
  });

function conference(room, fields) {
  return {
    id: id("conference"),
    room_id: room.id,
    customer_id: customer.id,
    state: "running",
    locked: false,
    recording: false,
    recording_failure: null,
    started_at: now(),
    ended_at: null,
    participants: [],
    version: 1,
    ...fields,
  };
}

function reflect(one) {
  const room = rooms.find((each) => each.id === one.room_id);
  if (!room) return;
  const running = one.state === "running";
  room.state = running ? "running" : "idle";
  room.running = running
    ? {
        id: one.id,
        started_at: one.started_at,
        joined: one.participants.filter((each) => each.state === "joined").length,
        locked: one.locked,
      }
    : null;
}

const board = conference(rooms[0], {
  recording_failure: "not_writable",
  started_at: ago(761),
  locked: true,
  participants: [
    joined("201", 761, { role: "owner", talking: true }),
    joined("202", 718, { role: "moderator", muted: true }),
    joined("204", 560, {
      hand_raised: true,
      quality: { loss_percent: 3.4, jitter_ms: 61, rtt_ms: 320 },
    }),
    joined("#sip:oslo@rooms.example", 740),
    joined("205", 420, { quality: { loss_percent: 1.4, jitter_ms: 31, rtt_ms: 120 } }),
    joined("+442079460123", 120, { muted: true }),
    participant("206", { state: "lobby", since: ago(14) }),
    participant("203", { state: "ringing", since: ago(8) }),
    participant("+491512345678", { state: "busy", since: ago(80) }),
    participant("207", { state: "no_answer", since: ago(200) }),
    participant("0049301234", { state: "failed", since: ago(700), reason: "no_trunk" }),
    participant("208", { state: "left", since: ago(300), joined_at: ago(700) }),
  ],
});
const hall = conference(rooms[3], {
  started_at: ago(2400),
  recording: true,
  participants: users
    .filter((user) => user.extension)
    .slice(0, 140)
    .map((user, index) =>
      joined(user.extension, 2400 - index * 9, {
        role: index === 0 ? "owner" : index < 3 ? "moderator" : "participant",
        muted: index > 4,
      }),
    ),
});
const past = [1, 2, 5].map((days) =>
  conference(rooms[0], {
    state: "ended",
    started_at: ago(days * 86400),
    ended_at: ago(days * 86400 - 2711),
    participants: ["201", "202", "204", "205"].map((target) =>
      joined(target, days * 86400, { state: "left" }),
    ),
  }),
);
conferences.push(board, hall, ...past);
reflect(board);
reflect(hall);

/** Time passes: calls are answered, people talk. */
export function tick({ publish }) {
  for (const one of conferences.filter((each) => each.state === "running")) {
    const changed = [];
    for (const each of one.participants) {
      const waited = Date.now() - Date.parse(each.since);
      if (each.state === "calling" && waited > 1500) {
        const outside = /^(\+|00|0\d{4})/.test(each.target);
        Object.assign(
          each,
          outside
            ? { state: "failed", reason: "no_trunk", since: now() }
            : { state: "ringing", since: now() },
        );
        changed.push(each);
      } else if (each.state === "ringing" && waited > 4000 && each.target !== "203") {
        Object.assign(
          each,
          each.target.endsWith("7")
            ? { state: "busy", since: now() }
            : {
                state: "joined",
                joined_at: now(),
                since: now(),
                quality: { loss_percent: 0, jitter_ms: 5, rtt_ms: 20 },
              },
        );
        changed.push(each);
      }
    }
    const speakers = one.participants.filter((each) => each.state === "joined" && !each.muted);
    const lucky = speakers[Math.floor(Math.random() * speakers.length)];
    for (const each of one.participants) {
      const talks = each === lucky;
      if (each.talking !== talks) {
        each.talking = talks;
        changed.push(each);
      }
    }
    if (changed.length > 0) {
      one.version += 1;
      reflect(one);
      publish("conference.participant_changed", one);
    }
  }
}

export function conferenceRoutes({ publish, Refused, missing, listed }) {
  const find = (params) =>
    conferences.find((one) => one.id === params.id) ??
    (() => {
      throw missing();
    })();
  const settle = (one, name = "conference.changed") => {
    one.version += 1;
    reflect(one);
    publish(name, one);
    return one;
  };
  const moderates = (each) => ["owner", "moderator", "operator"].includes(each.role);
  const chosen = (one, who) =>
    who === "all"
      ? one.participants.filter((each) => each.state === "joined" && !moderates(each))
      : one.participants.filter((each) => who.includes(each.id));
  const act =
    (change) =>
    ({ params, body }) => {
      const one = find(params);
      change(one, body);
      return settle(one, "conference.participant_changed");
    };
  return {
    "GET /conferences": ({ query }) =>
      listed(
        conferences.filter(
          (one) =>
            (!query.get("room_id") || one.room_id === query.get("room_id")) &&
            (!query.get("state") || one.state === query.get("state")),
        ),
        query,
        () => "",
      ),
    "GET /conferences/:id": ({ params }) => find(params),
    "POST /conference-rooms/:id/start": ({ params, body, me }) => {
      const room =
        rooms.find((each) => each.id === params.id) ??
        (() => {
          throw missing();
        })();
      if (room.running)
        throw new Refused(409, "running", "It runs already.", { conference_id: room.running.id });
      const host = body.host ?? me.extension;
      const targets = [...new Set([...room.call_out, ...(body.invite ?? [])])].filter(
        (target) => target !== host,
      );
      const one = conference(room, {
        participants: [
          ...(host ? [participant(host, { role: "owner" })] : []),
          ...targets.map((target) => participant(target)),
        ],
      });
      conferences.unshift(one);
      reflect(one);
      publish("conference.started", one);
      return [201, one];
    },
    "POST /conference-rooms/:id/reach": ({ body }) => ({
      items: body.targets.map((target) => {
        const { name, user_id } = participant(target);
        const outside = /^(\+|00|0\d{4})/.test(target);
        const reachable = user_id !== null || target.startsWith("#");
        const reason = reachable ? null : outside ? "no_trunk" : "unknown_number";
        return { target, reachable, name, user_id, reason };
      }),
    }),
    "POST /conferences/:id/invite": act((one, body) =>
      one.participants.push(...body.targets.map((target) => participant(target))),
    ),
    "POST /conferences/:id/lock": act((one) => {
      one.locked = true;
    }),
    "POST /conferences/:id/unlock": act((one) => {
      one.locked = false;
    }),
    "POST /conferences/:id/record": act((one, body) => {
      one.recording = body.on;
    }),
    "POST /conferences/:id/mute": act((one, body) =>
      chosen(one, body.participants).forEach((each) =>
        Object.assign(each, { muted: true, talking: false }),
      ),
    ),
    "POST /conferences/:id/unmute": act((one, body) =>
      chosen(one, body.participants).forEach((each) => {
        each.muted = false;
      }),
    ),
    "POST /conferences/:id/lower-hands": act((one, body) =>
      chosen(one, body.participants).forEach((each) => {
        each.hand_raised = false;
      }),
    ),
    "POST /conferences/:id/admit": act((one, body) =>
      chosen(one, body.participants).forEach((each) =>
        Object.assign(each, { state: "joined", joined_at: now(), since: now() }),
      ),
    ),
    "POST /conferences/:id/kick": act((one, body) =>
      chosen(one, body.participants).forEach((each) =>
        Object.assign(each, {
          state: each.joined_at ? "kicked" : "failed",
          reason: each.joined_at ? null : "cancelled",
          talking: false,
          since: now(),
        }),
      ),
    ),
    "POST /conferences/:id/end": ({ params }) => {
      const one = find(params);
      one.state = "ended";
      one.ended_at = now();
      for (const each of one.participants)
        if (each.state === "joined")
          Object.assign(each, { state: "left", talking: false, since: now() });
      return settle(one, "conference.ended");
    },
  };
}
