// @ts-check
/** Fictitious people, rooms and calls for developing pages without a server. */

export const now = () => new Date().toISOString();
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
let counter = 0;
export const id = (kind) => `${kind}-${String(++counter).padStart(4, "0")}`;

const FIRST = [
  "Anna",
  "James",
  "Lucía",
  "太郎",
  "Mehmet",
  "Sofia",
  "Liam",
  "Chloé",
  "Piotr",
  "Ingrid",
  "Omar",
  "Grace",
];
const LAST = [
  "Berg",
  "O’Neil",
  "Márquez",
  "山田",
  "Yılmaz",
  "Rossi",
  "Walker",
  "Dubois",
  "Nowak",
  "Lindqvist",
  "Haddad",
  "Okafor",
];
const MODELS = ["Yealink T54W", "Snom D785", "Grandstream GRP2614", "Poly VVX 450", null];
const STATES = [
  "available",
  "available",
  "offline",
  "on_call",
  "available",
  "ringing",
  "do_not_disturb",
  "available",
];

export const customer = {
  id: "customer-main",
  name: "Northwind Trading",
  account_name: "main",
  sip_domain: "main.convoke.internal",
  default_site_id: "site-berlin",
  version: 1,
  created_at: ago(90 * 86400),
};
export const customers = [
  customer,
  {
    ...customer,
    id: "customer-acme",
    name: "Acme GmbH",
    account_name: "acme",
    sip_domain: "acme.convoke.internal",
    default_site_id: "site-acme",
  },
];

export const sites = [
  {
    id: "site-berlin",
    customer_id: customer.id,
    name: "Berlin",
    country: "DE",
    time_zone: "Europe/Berlin",
    tones: "europe",
    version: 1,
    created_at: ago(90 * 86400),
  },
  {
    id: "site-leeds",
    customer_id: customer.id,
    name: "Leeds",
    country: "GB",
    time_zone: "Europe/London",
    tones: "united_kingdom",
    version: 1,
    created_at: ago(40 * 86400),
  },
];

export function makeDevice(user, extension, index = 0) {
  const model = MODELS[(counter + index) % MODELS.length];
  return {
    id: id("device"),
    user_id: user,
    mac: model ? `001565${String(100000 + counter).slice(-6)}` : null,
    model,
    sip: {
      username: index ? `${extension}-${index + 1}` : extension,
      domain: "main.convoke.internal",
      server: "192.0.2.1",
      port: 5060,
    },
    endpoints: 0,
    version: 1,
    created_at: ago(86400),
  };
}

export function makeUser(fields) {
  const user = {
    id: id("user"),
    customer_id: fields.role === "provider_administrator" ? null : customer.id,
    site_id: fields.role === "provider_administrator" ? null : "site-berlin",
    username: fields.username ?? fields.email.split("@")[0],
    email: fields.email,
    first_name: fields.first_name,
    last_name: fields.last_name ?? null,
    name: [fields.first_name, fields.last_name].filter(Boolean).join(" "),
    role: fields.role ?? "user",
    extension: fields.extension ?? null,
    state: fields.state ?? "offline",
    features: {
      ring_time: 20,
      no_answer: { type: "hangup", target: "" },
      busy: null,
      offline: null,
      call_waiting: true,
      do_not_disturb: fields.state === "do_not_disturb",
      ...fields.features,
    },
    security: { max_calls: 10 },
    advanced: { disabled: fields.state === "disabled" },
    devices: [],
    version: 1,
    created_at: ago(30 * 86400),
    updated_at: ago(86400),
  };
  if (user.extension) {
    const device = makeDevice(user.id, user.extension);
    device.endpoints = ["offline", "disabled"].includes(user.state) ? 0 : 1;
    user.devices.push(device);
  }
  return user;
}

const COUNT = Number(process.env.MOCK_USERS ?? 640);
export const users = [];
for (let n = 0; n < COUNT; n++) {
  const first = FIRST[n % FIRST.length];
  const last = LAST[(n + Math.floor(n / FIRST.length)) % LAST.length];
  const more = n >= FIRST.length ? ` ${Math.floor(n / FIRST.length) + 1}` : "";
  users.push(
    makeUser({
      first_name: first,
      last_name: last + more,
      email: `person.${n + 1}@northwind.example`,
      role: n === 0 ? "customer_administrator" : n === 5 ? "receptionist" : "user",
      extension: n % 9 === 8 ? null : String(201 + n),
      state: n % 9 === 8 ? "offline" : n === 9 ? "disabled" : STATES[n % STATES.length],
    }),
  );
}
users[1].features.no_answer = { type: "extension", target: "201" };

export const contacts = [
  ["Meeting room Oslo", "#sip:oslo@rooms.example"],
  ["Böhm & Söhne, Einkauf", "+49301234560"],
  ["Legal counsel (Harper)", "+442079460123"],
  ["山本 花子", "+81355550142"],
  ["Auditors, Leeds office", "01134960777"],
].map(([name, target]) => ({
  id: id("contact"),
  customer_id: customer.id,
  name,
  target,
  version: 1,
  created_at: ago(86400 * 12),
}));

export function makeRoom(fields) {
  return {
    id: id("room"),
    customer_id: customer.id,
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
    record: "on_demand",
    end_when_moderator_leaves: false,
    time_limit_secs: null,
    call_out: [],
    state: "idle",
    running: null,
    version: 1,
    created_at: ago(86400 * 20),
    ...fields,
  };
}

export const rooms = [
  makeRoom({
    number: "600",
    name: "Board meeting",
    participant_pin: "471100",
    owner_id: users[0].id,
    lobby: true,
  }),
  makeRoom({ number: "601", name: "Weekly sales", call_out: ["202", "203"] }),
  makeRoom({ number: "602", name: "Crisis team", max_participants: 40, time_limit_secs: 7200 }),
  makeRoom({
    number: "603",
    name: "All hands",
    max_participants: 500,
    webinar: true,
    join_muted: true,
  }),
];

export const managers = [
  {
    id: id("manager"),
    customer_id: customer.id,
    extension: "201",
    username: "conference-201",
    room_ids: null,
    disabled: false,
    version: 1,
    created_at: ago(86400 * 9),
  },
  {
    id: id("manager"),
    customer_id: customer.id,
    extension: "206",
    username: "conference-206",
    room_ids: [rooms[0].id, rooms[1].id],
    disabled: true,
    version: 1,
    created_at: ago(86400 * 3),
  },
];

export const apiKeys = [
  {
    id: id("key"),
    customer_id: customer.id,
    name: "Door station",
    profile: "api",
    created_at: ago(86400 * 60),
    last_used_at: ago(340),
  },
  {
    id: id("key"),
    customer_id: customer.id,
    name: "Monthly report",
    profile: "read_only",
    created_at: ago(86400 * 8),
    last_used_at: null,
  },
];

const granted = (scope, ...lines) =>
  lines.map((line) => {
    const [model, operation] = line.split(" ");
    return { model, operation, scope };
  });
const PROFILE_GRANTS = {
  customer_administrator: granted("customer", "* *"),
  operator: granted("customer", "conference read", "conference moderate", "conference_room read"),
  receptionist: granted("customer", "user read", "call read", "contact *"),
  user: granted("own", "user read", "user update", "call read", "conference start"),
  read_only: granted("customer", "* read"),
  api: granted("customer", "user *", "conference_room *"),
};

export const profiles = [
  ["customer_administrator", "Everything of one customer."],
  ["operator", "Sees all conferences and moderates those they have joined."],
  ["receptionist", "Sees who is free and who calls, and keeps the address book."],
  ["user", "One's own settings, phones, calls and conferences."],
  ["read_only", "Sees everything of one customer and changes nothing."],
  ["api", "What programs usually need."],
].map(([name, description]) => ({
  id: id("profile"),
  customer_id: null,
  name,
  description,
  grants: PROFILE_GRANTS[name] ?? [],
  version: 1,
}));

const party = (user) => ({ user_id: user.id, number: user.extension ?? "", name: user.name });
const CAUSES = [
  "caller_hung_up",
  "callee_hung_up",
  "busy",
  "no_answer",
  "offline",
  "cancelled",
  "administrator",
  "kicked",
  "answered_elsewhere",
];

export function makeCall(from, to, startedAgo, state, cause) {
  const talked =
    cause === "caller_hung_up" ||
    cause === "callee_hung_up" ||
    state === "answered" ||
    state === "held";
  const started = ago(startedAgo);
  const answered = talked ? ago(startedAgo - 6) : null;
  const ended = state === "ended" ? ago(Math.max(0, startedAgo - (talked ? 190 : 20))) : null;
  const leg = (user, direction) => ({
    id: id("leg"),
    party: party(user),
    direction,
    state,
    codec: talked ? "opus" : "",
    started_at: started,
    answered_at: answered,
    ended_at: ended,
    cause: state === "ended" ? cause : null,
    quality: talked ? { loss_percent: 0.2, jitter_ms: 4.1, rtt_ms: 21 } : null,
    sip_call_id: `a84b4c76e66710-${counter}@192.0.2.10`,
  });
  return {
    id: id("call"),
    customer_id: customer.id,
    state,
    from: party(from),
    to: party(to),
    started_at: started,
    answered_at: answered,
    ended_at: ended,
    cause: state === "ended" ? cause : null,
    legs: [leg(from, "inbound"), leg(to, "outbound")],
    steps: [
      {
        action: "ring",
        target: to.extension ?? "",
        secs: 20,
        setting: "features.ring_time",
        reason: `${to.name}'s phones ring.`,
      },
      ...(talked
        ? []
        : [
            {
              action: "hang_up",
              target: cause ?? "no_answer",
              secs: null,
              setting: "features.no_answer",
              reason: "Nobody took the call.",
            },
          ]),
    ],
    conference_id: null,
    version: 1,
  };
}

const withPhone = users.filter((user) => user.extension);
export const calls = [
  makeCall(withPhone[3], withPhone[7], 194, "answered", null),
  makeCall(withPhone[5], withPhone[1], 7, "ringing", null),
  makeCall(withPhone[8], withPhone[2], 611, "held", null),
  ...Array.from({ length: 260 }, (_, n) =>
    makeCall(
      withPhone[n % 40],
      withPhone[(n * 7 + 3) % 40],
      900 + n * 1700,
      "ended",
      CAUSES[n % CAUSES.length],
    ),
  ),
];

const actor = { kind: "user", id: users[0].id, name: users[0].name };
export const audit = [
  [
    "user.changed",
    "user",
    users[4],
    { features: { ring_time: 20 } },
    { features: { ring_time: 35 } },
  ],
  ["conference.muted", "conference", rooms[0], null, { participants: 3 }],
  [
    "conference_room.created",
    "conference_room",
    rooms[2],
    null,
    { name: "Crisis team", number: "602", max_participants: 40 },
  ],
  [
    "conference_manager.created",
    "conference_manager",
    { id: "m", name: "conference-201" },
    null,
    { extension: "201" },
  ],
  [
    "user.deleted",
    "user",
    { id: "u", name: "Old Account" },
    { name: "Old Account", extension: "299" },
    null,
  ],
].map(([action, model, subject, before, after], index) => ({
  id: id("audit"),
  customer_id: customer.id,
  sequence: 41 - index,
  at: ago(400 + index * 5400),
  actor,
  door: index === 1 ? "phone" : index === 3 ? "api" : "portal",
  source: index === 1 ? null : "192.0.2.33",
  action,
  model,
  subject: { id: subject.id, name: subject.name },
  before,
  after,
  hash: "9f2c4d1e8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
}));
