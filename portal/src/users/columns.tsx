import { Link } from "@tanstack/react-router";
import type { User } from "../api/resources";
import { Avatar } from "../design/display";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { When } from "../design/time";
import { roleName } from "../session/profiles";
import { PresencePill } from "./presence";
import { SiteName } from "./sites";

/** What the list knows of sites. */
interface Sites {
  /** More than one: their names tell people apart. */
  hasSites: boolean;
  nameOf: (id: string | null) => string;
}

/** The columns of the users list. */
export function userColumns(t: Text, sites: Sites): Column<User>[] {
  return [
    {
      id: "name",
      label: t("users-name"),
      width: "minmax(220px, 2.2fr)",
      sort: "name",
      lead: true,
      csv: (user) => user.name,
      cell: (user) => <Person user={user} />,
    },
    {
      id: "extension",
      label: t("users-extension"),
      width: "minmax(96px, 0.7fr)",
      sort: "extension",
      csv: (user) => user.extension ?? "",
      cell: (user) => user.extension ?? <span className="dim">{t("users-no-extension")}</span>,
    },
    {
      id: "state",
      label: t("users-state"),
      width: "minmax(150px, 1fr)",
      sort: "state",
      csv: (user) => t(`users-state-${user.state}`),
      cell: (user) => <PresencePill state={user.state} />,
    },
    {
      id: "role",
      label: t("users-role"),
      width: "minmax(150px, 1fr)",
      sort: "role",
      csv: (user) => roleName(user.role, t),
      cell: (user) => roleName(user.role, t),
    },
    ...(sites.hasSites ? [siteColumn(t, sites)] : []),
    {
      id: "phones",
      label: t("users-phones"),
      width: "minmax(140px, 1fr)",
      csv: (user) => String(user.devices.length),
      cell: (user) => <Phones user={user} />,
    },
    ...furtherColumns(t),
  ];
}

function siteColumn(t: Text, sites: Sites): Column<User> {
  return {
    id: "site",
    label: t("users-site"),
    width: "minmax(120px, 1fr)",
    csv: (user) => sites.nameOf(user.site_id),
    cell: (user) => <SiteName id={user.site_id} />,
  };
}

/** Those that are shown when they are chosen. */
function furtherColumns(t: Text): Column<User>[] {
  return [
    {
      id: "username",
      label: t("users-username"),
      width: "minmax(130px, 1fr)",
      sort: "username",
      optional: true,
      csv: (user) => user.username,
      cell: (user) => user.username,
    },
    {
      id: "email",
      label: t("users-email"),
      width: "minmax(190px, 1.4fr)",
      sort: "email",
      optional: true,
      csv: (user) => user.email ?? "",
      cell: (user) => user.email,
    },
    {
      id: "created",
      label: t("users-created"),
      width: "minmax(160px, 1fr)",
      sort: "created_at",
      optional: true,
      csv: (user) => user.created_at,
      cell: (user) => <When at={user.created_at} />,
    },
  ];
}

function Person({ user }: { user: User }) {
  return (
    <div className="person">
      <Avatar name={user.name} />
      <div>
        <Link to="/users/$userId" params={{ userId: user.id }} className="name" tabIndex={-1}>
          {user.name}
        </Link>
        <span className="under">{user.email ?? user.username}</span>
      </div>
    </div>
  );
}

function Phones({ user }: { user: User }) {
  const t = useText();
  const [first, ...others] = user.devices;
  if (first === undefined) return <span className="dim">{t("users-phones-none")}</span>;
  if (others.length === 0) return <>{first.model ?? t("users-phones-count", { count: 1 })}</>;
  return <>{t("users-phones-count", { count: user.devices.length })}</>;
}
