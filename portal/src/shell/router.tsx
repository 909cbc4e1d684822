import type { QueryClient } from "@tanstack/react-query";
import {
  Link,
  Outlet,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { ApiError } from "../api/client";
import { EmptyState, ErrorState, SkeletonLines } from "../design/display";
import { useText } from "../design/texts";
import { explain } from "../api/errors";
import { meQuery } from "../session/session";
import type { RecordingsSearch } from "../recordings/list";
import type { UsersSearch } from "../users/list";
import { Frame } from "./frame";
import type { ListAddress } from "./list-address";
import { placesOf } from "./navigation";
import { flag, oneOf, word } from "./search";
import { useTheme } from "./theme";

interface Context {
  client: QueryClient;
}

function Root() {
  useTheme();
  return <Outlet />;
}

function NotFound() {
  const t = useText();
  return (
    <EmptyState
      icon={Compass}
      title={t("shell-not-found")}
      text={t("shell-not-found-text")}
      actions={
        <Link to="/" className="button">
          {t("shell-start")}
        </Link>
      }
    />
  );
}

function Crashed({ error }: { error: unknown }) {
  const t = useText();
  return (
    <div className="page">
      <h1>{t("shell-crashed")}</h1>
      <ErrorState message={explain(error, t)} onRetry={() => window.location.reload()} />
    </div>
  );
}

function Pending() {
  return (
    <div className="page">
      <SkeletonLines lines={6} />
    </div>
  );
}

const root = createRootRouteWithContext<Context>()({
  component: Root,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string | undefined; account?: string | undefined } => ({
    next: word(search["next"]),
    account: word(search["account"]),
  }),
  component: lazyRouteComponent(() => import("../session/sign-in"), "SignInPage"),
});

const signOut = createRoute({
  getParentRoute: () => root,
  path: "/sign-out",
  component: lazyRouteComponent(() => import("../session/sign-out"), "SignOutPage"),
});

/** Everything that needs a session. Which customer the provider looks at stays in the address. */
const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  validateSearch: (search): { customer?: string | undefined } => ({
    customer: word(search["customer"]),
  }),
  search: { middlewares: [retainSearchParams(["customer"])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.query({ ...meQuery, staleTime: "static" });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
      const next = location.href === "/" ? undefined : location.href;
      // TanStack Router's way to leave a route is to throw.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw redirect({ to: "/sign-in", search: { next } });
    }
  },
  component: Frame,
  errorComponent: Crashed,
});

const home = createRoute({
  getParentRoute: () => frame,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.client.query({ ...meQuery, staleTime: "static" });
    const first = placesOf(me)[0];
    // Who has no Home begins at the first place there is.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (first && first.to !== "/") throw redirect({ to: first.to });
  },
  component: lazyRouteComponent(() => import("../home/page"), "HomePage"),
});

const PRESENCES = [
  "available",
  "ringing",
  "on_call",
  "do_not_disturb",
  "offline",
  "disabled",
] as const;

const listAddress = (search: Record<string, unknown>): ListAddress => ({
  q: word(search["q"]),
  sort: word(search["sort"]),
});

const users = createRoute({
  getParentRoute: () => frame,
  path: "/users",
  validateSearch: (search): UsersSearch => ({
    q: word(search["q"]),
    site: word(search["site"]),
    role: word(search["role"]),
    state: oneOf(search["state"], PRESENCES),
    phone: flag(search["phone"]),
    sort: word(search["sort"]),
    add: flag(search["add"]),
  }),
  component: lazyRouteComponent(() => import("../users/list"), "UsersPage"),
});

const user = createRoute({
  getParentRoute: () => frame,
  path: "/users/$userId",
  validateSearch: (search): { tab?: "general" | "features" | "sip" | undefined } => ({
    tab: oneOf(search["tab"], ["general", "features", "sip"]),
  }),
  component: lazyRouteComponent(() => import("../users/edit"), "UserPage"),
});

const rooms = createRoute({
  getParentRoute: () => frame,
  path: "/conferences",
  validateSearch: (search): { q?: string | undefined; add?: boolean | undefined } => ({
    q: word(search["q"]),
    add: flag(search["add"]),
  }),
  component: lazyRouteComponent(() => import("../conferences/list"), "RoomsPage"),
});

const room = createRoute({
  getParentRoute: () => frame,
  path: "/conferences/$roomId",
  validateSearch: (search): { tab?: "conference" | "settings" | "history" | undefined } => ({
    tab: oneOf(search["tab"], ["conference", "settings", "history"]),
  }),
  component: lazyRouteComponent(() => import("../conferences/room"), "RoomPage"),
});

const calls = createRoute({
  getParentRoute: () => frame,
  path: "/calls",
  validateSearch: (
    search,
  ): {
    tab?: "live" | "history" | "explain" | undefined;
    q?: string | undefined;
    days?: string | undefined;
  } => ({
    tab: oneOf(search["tab"], ["live", "history", "explain"]),
    q: word(search["q"]),
    days: word(search["days"]),
  }),
  component: lazyRouteComponent(() => import("../calls/list"), "CallsPage"),
});

const call = createRoute({
  getParentRoute: () => frame,
  path: "/calls/$callId",
  component: lazyRouteComponent(() => import("../calls/call"), "CallPage"),
});

const recordings = createRoute({
  getParentRoute: () => frame,
  path: "/recordings",
  validateSearch: (search): RecordingsSearch => ({
    room: word(search["room"]),
    conference: word(search["conference"]),
    sort: word(search["sort"]),
  }),
  component: lazyRouteComponent(() => import("../recordings/list"), "RecordingsPage"),
});

const contacts = createRoute({
  getParentRoute: () => frame,
  path: "/contacts",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("../contacts/list"), "ContactsPage"),
});

const managers = createRoute({
  getParentRoute: () => frame,
  path: "/managers",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("../conference-managers/list"), "ManagersPage"),
});

const audit = createRoute({
  getParentRoute: () => frame,
  path: "/audit",
  validateSearch: (
    search,
  ): {
    q?: string | undefined;
    model?: string | undefined;
    days?: string | undefined;
    entry?: string | undefined;
  } => ({
    q: word(search["q"]),
    model: word(search["model"]),
    days: word(search["days"]),
    entry: word(search["entry"]),
  }),
  component: lazyRouteComponent(() => import("../audit/list"), "AuditPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => frame,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("../api-keys/list"), "ApiKeysPage"),
});

const accessProfiles = createRoute({
  getParentRoute: () => frame,
  path: "/access-profiles",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("../access-profiles/list"), "AccessProfilesPage"),
});

const blockedSources = createRoute({
  getParentRoute: () => frame,
  path: "/blocked-sources",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("../blocked-sources/list"), "BlockedSourcesPage"),
});

const customers = createRoute({
  getParentRoute: () => frame,
  path: "/customers",
  validateSearch: listAddress,
  component: lazyRouteComponent(() => import("../customers/list"), "CustomersPage"),
});

const sites = createRoute({
  getParentRoute: () => frame,
  path: "/sites",
  component: lazyRouteComponent(() => import("../customers/sites"), "SitesPage"),
});

// The page of all components exists only while developing.
const design = createRoute({
  getParentRoute: () => root,
  path: "/design",
  component:
    import.meta.env.DEV || import.meta.env.MODE === "design"
      ? lazyRouteComponent(() => import("../design/page"), "DesignPage")
      : NotFound,
});

const tree = root.addChildren([
  signIn,
  signOut,
  design,
  frame.addChildren([
    home,
    users,
    user,
    rooms,
    room,
    calls,
    call,
    recordings,
    contacts,
    managers,
    audit,
    apiKeys,
    accessProfiles,
    blockedSources,
    customers,
    sites,
  ]),
]);

/** The pages and their addresses. */
export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPendingComponent: Pending,
    defaultErrorComponent: Crashed,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
