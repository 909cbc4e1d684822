// @ts-check
/**
 * A stand-in for the server while developing pages: fictitious data in memory, the same names as
 * the API, live events. Sign in as `admin`, `provider`, `operator` or `conference-201` with any
 * password.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import * as data from "./data.mjs";
import { conferenceRoutes, conferences, tick } from "./conference.mjs";
import { recordingRoutes } from "./recordings.mjs";

const PORT = Number(process.env.PORT ?? 8080);
const DIST = process.env.DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const { id, now } = data;

/** @type {Set<import("node:http").ServerResponse>} */
const listeners = new Set();
let lastEvent = 0;

export function publish(name, resource) {
  const text = `id: ${++lastEvent}\nevent: ${name}\ndata: ${JSON.stringify(resource)}\n\n`;
  for (const response of listeners) response.write(text);
}

export class Refused extends Error {
  constructor(status, kind, detail, more = {}) {
    super(detail);
    this.body = { type: `/problems/${kind}`, title: detail, status, detail, ...more };
  }
}

export const missing = () =>
  new Refused(404, "not-found", "There is no such thing, or it is not yours to see.");
const invalid = (errors) =>
  new Refused(422, "invalid", "Some fields are wrong.", {
    errors: errors.map(([field, code, message]) => ({ field, code, message })),
  });

const every = (operation, scope) => [{ model: "*", operation, scope }];
const grants = (models) =>
  models.flatMap(([model, operations]) =>
    operations.map((operation) => ({ model, operation, scope: "assigned" })),
  );

const WHO = {
  admin: {
    principal: { kind: "user", id: data.users[0].id, name: data.users[0].name },
    profile: "customer_administrator",
    grants: every("*", "customer"),
    customer: { id: data.customer.id, name: data.customer.name, account_name: "main" },
    site_id: "site-berlin",
    email: data.users[0].email,
    extension: "201",
    room_ids: null,
  },
  provider: {
    principal: { kind: "user", id: "user-provider", name: "Provider Admin" },
    profile: "provider_administrator",
    grants: every("*", "subtree"),
    customer: null,
    site_id: null,
    email: null,
    extension: null,
    room_ids: null,
  },
  operator: {
    principal: { kind: "user", id: data.users[2].id, name: data.users[2].name },
    profile: "operator",
    grants: [
      { model: "conference_room", operation: "read", scope: "customer" },
      { model: "conference", operation: "read", scope: "customer" },
      { model: "conference", operation: "start", scope: "own" },
    ],
    customer: { id: data.customer.id, name: data.customer.name, account_name: "main" },
    site_id: "site-berlin",
    email: data.users[2].email,
    extension: "203",
    room_ids: null,
  },
  "conference-201": {
    principal: { kind: "conference_manager", id: data.managers[0].id, name: "conference-201" },
    profile: "conference_manager",
    grants: grants([
      ["conference_room", ["read", "update"]],
      ["conference", ["read", "start", "moderate"]],
      ["contact", ["read"]],
    ]),
    customer: { id: data.customer.id, name: data.customer.name, account_name: "main" },
    site_id: null,
    email: null,
    extension: "201",
    room_ids: null,
  },
};

function listed(rows, query, search, sorts = {}) {
  const q = (query.get("q") ?? "").toLowerCase();
  let found = q ? rows.filter((row) => search(row).toLowerCase().includes(q)) : [...rows];
  const by = query.get("sort");
  if (by) {
    const name = by.replace(/^-/, "");
    const of = sorts[name] ?? ((row) => row[name] ?? "");
    found.sort((a, b) => String(of(a)).localeCompare(String(of(b)), "en", { numeric: true }));
    if (by.startsWith("-")) found.reverse();
  }
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") ?? 0);
  const next = from + limit < found.length ? String(from + limit) : null;
  return { items: found.slice(from, from + limit), next, total: found.length };
}

function merge(into, changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (
      value &&
      typeof value === "object" &&
      !Array.isArray(value) &&
      into[name] &&
      !("type" in value)
    )
      merge(into[name], value);
    else into[name] = value;
  }
}

/** Reads, changes and deletes one thing of a list, with its version checked. */
function resource(
  rows,
  noun,
  { search, sorts, create, filter = () => true, changed = () => {}, uses = () => [] },
) {
  const one = (params) =>
    rows.find((row) => row.id === params.id) ??
    (() => {
      throw missing();
    })();
  const check = (row, headers) => {
    const match = headers["if-match"];
    if (match && match !== `"${row.version}"`)
      throw new Refused(412, "changed", "It was changed since it was read.");
  };
  return {
    list: ({ query }) =>
      listed(
        rows.filter((row) => filter(row, query)),
        query,
        search,
        sorts,
      ),
    get: ({ params }) => one(params),
    create: ({ body, me }) => {
      const row = create(body, me);
      rows.unshift(row.row ?? row);
      publish(`${noun}.created`, row.row ?? row);
      return [201, row.answer ?? row];
    },
    patch: ({ params, body, headers }) => {
      const row = one(params);
      check(row, headers);
      merge(row, body);
      changed(row);
      row.version += 1;
      publish(`${noun}.changed`, row);
      return row;
    },
    delete: ({ params }) => {
      const row = one(params);
      const used = uses(row);
      if (used.length > 0)
        throw new Refused(409, "in-use", "It is used elsewhere. Change that first.", {
          used_in: used,
        });
      rows.splice(rows.indexOf(row), 1);
      publish(`${noun}.deleted`, { id: row.id });
      return [204];
    },
  };
}

function usesOf(user) {
  const forwards = data.users
    .filter(
      (other) =>
        other.features.no_answer.type === "extension" &&
        other.features.no_answer.target === user.extension,
    )
    .map((other) => ({ kind: "user", id: other.id, name: other.name }));
  const owned = data.rooms
    .filter((room) => room.owner_id === user.id)
    .map((room) => ({ kind: "conference_room", id: room.id, name: room.name }));
  return [...forwards, ...owned];
}

function newUser(body) {
  const errors = [];
  if (!body.email) errors.push(["email", "required", "give an email address"]);
  else if (!body.email.includes("@"))
    errors.push(["email", "invalid", "an email address looks like name@example.com"]);
  if (!body.first_name) errors.push(["first_name", "required", "give a first name"]);
  const holder = body.extension && data.users.find((user) => user.extension === body.extension);
  if (holder)
    errors.push(["extension", "taken", `extension ${body.extension} belongs to ${holder.name}`]);
  if (errors.length > 0) throw invalid(errors);
  const row = data.makeUser(body);
  const device = row.devices[0];
  const answer = {
    ...row,
    device: device ? { ...device, sip: { ...device.sip, password: "h7Kq2vXw9RtPz4Lm" } } : null,
  };
  return { row, answer };
}

const kinds = {
  users: resource(data.users, "user", {
    search: (user) => `${user.name} ${user.email} ${user.extension ?? ""}`,
    sorts: { name: (user) => user.name },
    create: newUser,
    uses: usesOf,
    changed: (user) => {
      user.name = [user.first_name, user.last_name].filter(Boolean).join(" ");
      if (user.advanced.disabled) user.state = "disabled";
      else if (user.state === "disabled") user.state = "offline";
    },
    filter: (user, query) =>
      (!query.get("role") || user.role === query.get("role")) &&
      (!query.get("state") || user.state === query.get("state")) &&
      (!query.get("site_id") || user.site_id === query.get("site_id")) &&
      (!query.get("has_extension") ||
        String(user.extension !== null) === query.get("has_extension")),
  }),
  "conference-rooms": resource(data.rooms, "conference_room", {
    search: (room) => `${room.name} ${room.number}`,
    create: (body) => {
      const errors = [];
      if (!body.name) errors.push(["name", "required", "give a name"]);
      if (!/^\d{2,8}$/.test(body.number))
        errors.push(["number", "invalid", "a number has 2 to 8 digits"]);
      if (data.rooms.some((room) => room.number === body.number))
        errors.push(["number", "taken", `${body.number} is taken`]);
      if (errors.length > 0) throw invalid(errors);
      return data.makeRoom(body);
    },
  }),
  contacts: resource(data.contacts, "contact", {
    search: (contact) => `${contact.name} ${contact.target}`,
    create: (body) => {
      const errors = [];
      if (!body.name) errors.push(["name", "required", "give a name"]);
      if (!body.target) errors.push(["target", "required", "give a number or #sip:user@host"]);
      if (errors.length > 0) throw invalid(errors);
      return {
        id: id("contact"),
        customer_id: data.customer.id,
        ...body,
        version: 1,
        created_at: now(),
      };
    },
  }),
  "conference-managers": resource(data.managers, "conference_manager", {
    search: (manager) => `${manager.username} ${manager.extension}`,
    create: (body) => {
      const row = {
        id: id("manager"),
        customer_id: data.customer.id,
        extension: body.extension,
        username: `conference-${body.extension}`,
        room_ids: body.room_ids ?? null,
        disabled: false,
        version: 1,
        created_at: now(),
      };
      return { row, answer: { ...row, password: "tiger-cabin-91-mango" } };
    },
  }),
  "api-keys": resource(data.apiKeys, "api_key", {
    search: (key) => key.name,
    create: (body) => {
      if (!body.name) throw invalid([["name", "required", "give a name"]]);
      const row = {
        id: id("key"),
        customer_id: data.customer.id,
        ...body,
        created_at: now(),
        last_used_at: null,
      };
      return { row, answer: { ...row, key: "cvk_4vTq9Zk2mXw7RbLs1NpYhD3c" } };
    },
  }),
  customers: resource(data.customers, "customer", {
    search: (customer) => `${customer.name} ${customer.account_name}`,
    create: (body) => ({
      ...data.customer,
      id: id("customer"),
      ...body,
      sip_domain: `${body.account_name}.convoke.internal`,
      version: 1,
    }),
  }),
  "access-profiles": resource(data.profiles, "access_profile", {
    search: (profile) => profile.name,
    create: (body) => {
      if (!body.name) throw invalid([["name", "required", "give a name"]]);
      const from = data.profiles.find((profile) => profile.id === body.clone_of);
      return {
        id: id("profile"),
        customer_id: data.customer.id,
        standard: false,
        name: body.name,
        description: body.description ?? "",
        grants: body.grants ?? from?.grants ?? [],
        version: 1,
      };
    },
  }),
  sites: resource(data.sites, "site", {
    search: (site) => site.name,
    create: (body) => ({
      id: id("site"),
      customer_id: data.customer.id,
      ...body,
      version: 1,
      created_at: now(),
    }),
    uses: (site) =>
      site.id === "site-berlin"
        ? [{ kind: "user", id: data.users[0].id, name: data.users[0].name }]
        : [],
  }),
};

const blocked = ["192.0.2.44", "2001:db8:4:2::"].map((address, index) => ({
  address,
  prefix: index === 0 ? 32 : 64,
  since: data.ago(120 - index * 60),
  until: new Date(Date.now() + 180_000).toISOString(),
  failures: 14 + index * 900,
  username: ["201", "admin"][index],
}));

function endpointsOf(user) {
  return user.devices
    .filter((device) => device.endpoints > 0)
    .map((device) => ({
      device_id: device.id,
      contact: `sip:${device.sip.username}@192.0.2.77:5060`,
      transport: "udp",
      source: "192.0.2.77:5060",
      user_agent: "Yealink SIP-T54W 96.86.0.100",
      expires_at: new Date(Date.now() + 2_400_000).toISOString(),
      rtt_ms: 12,
      updated_at: data.ago(1200),
    }));
}

const userOf = (params) =>
  data.users.find((user) => user.id === params.id) ??
  (() => {
    throw missing();
  })();

function phoneBook({ query }) {
  const people = data.users
    .filter((user) => user.extension)
    .map((user) => ({
      kind: "user",
      id: user.id,
      name: user.name,
      target: user.extension,
      state: user.state,
    }));
  const others = data.contacts.map((contact) => ({
    kind: "contact",
    id: contact.id,
    name: contact.name,
    target: contact.target,
    state: null,
  }));
  return listed([...people, ...others], query, (entry) => `${entry.name} ${entry.target}`);
}

function explain({ body }) {
  const user = data.users.find((one) => one.extension === body.to);
  if (user) {
    return {
      steps: [
        {
          action: "ring",
          target: body.to,
          secs: user.features.ring_time,
          setting: "features.ring_time",
          reason: `All phones of ${user.name} ring.`,
        },
        {
          action: "hang_up",
          target: "no_answer",
          secs: null,
          setting: "features.no_answer",
          reason: "Unanswered calls end here.",
        },
      ],
    };
  }
  const outside = /^(\+|0)/.test(body.to);
  const cause = outside ? "no_trunk" : "unknown_number";
  const reason = outside
    ? "The number is outside and there is no line."
    : "Nothing has this number.";
  return {
    steps: [{ action: "hang_up", target: cause, secs: null, setting: "dial_plan", reason }],
  };
}

const routes = {
  "GET /me": ({ me }) => ({ ...me, csrf_token: "mock-token" }),
  "POST /me/password": ({ body }) => {
    if (body.new_password.length < 8)
      throw invalid([["new_password", "weak", "too short: it is guessed in seconds"]]);
    return [204];
  },
  "GET /phone-book": phoneBook,
  "GET /users/next-extension": () => ({ extension: "900" }),
  "GET /users/:id/uses": ({ params }) => ({ items: usesOf(userOf(params)) }),
  "GET /users/:id/endpoints": ({ params }) => ({ items: endpointsOf(userOf(params)) }),
  "DELETE /users/:id/endpoints": ({ params }) => {
    const user = userOf(params);
    for (const device of user.devices) device.endpoints = 0;
    user.state = "offline";
    publish("registration.changed", user);
    return [204];
  },
  "POST /users/:id/devices": ({ params, body }) => {
    const user = userOf(params);
    const device = { ...data.makeDevice(user.id, user.extension, user.devices.length), ...body };
    user.devices.push(device);
    return [201, { ...device, sip: { ...device.sip, password: "p4Wn8sQx2LkVd6Tz" } }];
  },
  "POST /devices/:id/reset-password": ({ params }) => {
    const device = data.users.flatMap((user) => user.devices).find((one) => one.id === params.id);
    return { ...device, sip: { ...device.sip, password: "z9Lm3vBx7QwRt5Kp" } };
  },
  "DELETE /devices/:id": ({ params }) => {
    for (const user of data.users)
      user.devices = user.devices.filter((one) => one.id !== params.id);
    return [204];
  },
  "POST /conference-managers/:id/reset-password": ({ params }) => ({
    ...data.managers.find((one) => one.id === params.id),
    password: "river-stone-42-olive",
  }),
  "GET /blocked-sources": ({ query }) => listed(blocked, query, (one) => one.address),
  "DELETE /blocked-sources/:id": ({ params }) => {
    const at = blocked.findIndex((one) => one.address === params.id);
    if (at < 0) throw missing();
    blocked.splice(at, 1);
    return [204];
  },
  "GET /calls": ({ query }) =>
    listed(
      data.calls.filter(
        (call) =>
          (query.get("state") === "live") === (call.state !== "ended") &&
          (!query.get("since") || call.started_at >= query.get("since")),
      ),
      query,
      (call) => `${call.from.name} ${call.from.number} ${call.to.name} ${call.to.number}`,
    ),
  "GET /calls/:id": ({ params }) =>
    data.calls.find((call) => call.id === params.id) ??
    (() => {
      throw missing();
    })(),
  "POST /calls/explain": explain,
  "GET /audit/verify": () => ({ entries: 41, broken_at: null }),
  "GET /audit": ({ query }) =>
    listed(
      data.audit.filter((entry) => !query.get("model") || entry.model === query.get("model")),
      query,
      (entry) => `${entry.actor.name} ${entry.subject.name}`,
    ),
  ...conferenceRoutes({ publish, Refused, missing, listed }),
  ...recordingRoutes({ missing, listed }),
};
for (const [name, kind] of Object.entries(kinds)) {
  routes[`GET /${name}`] = kind.list;
  routes[`GET /${name}/:id`] = kind.get;
  routes[`POST /${name}`] = kind.create;
  routes[`PATCH /${name}/:id`] = kind.patch;
  routes[`DELETE /${name}/:id`] = kind.delete;
}

const table = Object.entries(routes).map(([key, act]) => {
  const [method, path = ""] = key.split(" ");
  return { method, parts: path.split("/").slice(1), act };
});
// A fixed part beats a parameter.
table.sort(
  (a, b) =>
    a.parts.filter((part) => part.startsWith(":")).length -
    b.parts.filter((part) => part.startsWith(":")).length,
);

function find(method, path) {
  const parts = path.split("/").slice(1).map(decodeURIComponent);
  for (const route of table) {
    if (route.method !== method || route.parts.length !== parts.length) continue;
    const params = {};
    if (
      route.parts.every((part, index) =>
        part.startsWith(":")
          ? ((params[part.slice(1)] = parts[index]), true)
          : part === parts[index],
      )
    ) {
      return { act: route.act, params };
    }
  }
  throw missing();
}

async function read(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Whole, or the part that a player asks for. */
function sendSound(request, response, { sound, type }) {
  const part = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "");
  const first = part ? Number(part[1]) : 0;
  const last = part?.[2] ? Number(part[2]) : sound.length - 1;
  response.writeHead(part ? 206 : 200, {
    "content-type": type,
    "accept-ranges": "bytes",
    "content-length": last - first + 1,
    ...(part ? { "content-range": `bytes ${first}-${last}/${sound.length}` } : {}),
  });
  response.end(sound.subarray(first, last + 1));
}

function signedIn(request) {
  const name = /mock=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  return name ? WHO[decodeURIComponent(name)] : undefined;
}

async function api(request, response, url) {
  const path = url.pathname.slice("/api/v1".length);
  if (path === "/session" && request.method === "POST") {
    const { username } = await read(request);
    if (!WHO[username])
      throw new Refused(401, "unauthenticated", "Account name, username or password is wrong.");
    send(
      response,
      201,
      { me: WHO[username], csrf_token: "mock-token" },
      { "set-cookie": `mock=${username}; Path=/; HttpOnly` },
    );
    return;
  }
  const me = signedIn(request);
  if (!me) throw new Refused(401, "unauthenticated", "Sign in.");
  if (path === "/session") {
    send(response, 204, undefined, { "set-cookie": "mock=; Path=/; Max-Age=0" });
    return;
  }
  if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": here\n\n");
    listeners.add(response);
    request.on("close", () => listeners.delete(response));
    return;
  }
  const { act, params } = find(request.method, path);
  const body = ["POST", "PATCH"].includes(request.method ?? "") ? await read(request) : {};
  const answer = act({ params, query: url.searchParams, body, headers: request.headers, me });
  if (answer.sound) sendSound(request, response, answer);
  else if (Array.isArray(answer)) send(response, answer[0], answer[1]);
  else send(response, 200, answer);
}

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
// The same policy as the server's, so that a breach shows while developing.
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

function file(response, url) {
  const wanted = join(DIST, normalize(url.pathname));
  const path =
    wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile()
      ? wanted
      : join(DIST, "index.html");
  response.writeHead(200, {
    "content-type": TYPES[extname(path)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
    // Its name is of what it holds.
    ...(path.includes("/assets/") ? { "cache-control": "max-age=31536000, immutable" } : {}),
  });
  createReadStream(path).pipe(response);
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (!url.pathname.startsWith("/api/")) {
    file(response, url);
    return;
  }
  api(request, response, url).catch((error) => {
    if (error instanceof Refused)
      send(response, error.body.status, error.body, { "content-type": "application/problem+json" });
    else
      send(response, 500, {
        type: "/problems/internal",
        title: "Defect",
        status: 500,
        detail: String(error),
      });
  });
});
server.listen(PORT, "127.0.0.1", () =>
  console.log(`mock API on http://127.0.0.1:${server.address().port}`),
);

setInterval(() => {
  for (const response of listeners) response.write(": here\n\n");
}, 15_000).unref();
setInterval(() => tick({ publish }), 700).unref();

// People come and go.
setInterval(() => {
  const user = data.users[Math.floor(Math.random() * Math.min(30, data.users.length))];
  if (!user?.extension || ["disabled", "do_not_disturb"].includes(user.state)) return;
  user.state = user.state === "available" ? "on_call" : "available";
  publish("registration.changed", user);
}, 2500).unref();

export { conferences };
