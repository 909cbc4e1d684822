import { Link } from "@tanstack/react-router";
import { ApiError } from "../api/client";
import type { UsedIn } from "../api/resources";
import { useTextOr } from "../design/texts";
import "./texts";

/** What something is used in, each a way to where that is changed. */
function UsesList({ items }: { items: UsedIn[] }) {
  if (items.length === 0) return null;
  return (
    <ul className="uses">
      {items.map((item) => (
        <li key={item.kind + item.id}>
          <UseName item={item} />
        </li>
      ))}
    </ul>
  );
}

/** What keeps the thing that was to go, where a refusal names it. */
export function usesIn(error: unknown) {
  return <UsesList items={error instanceof ApiError ? (error.problem.used_in ?? []) : []} />;
}

/** One use, a way to where it is changed. */
export function UseName({ item }: { item: UsedIn }) {
  const textOr = useTextOr();
  return (
    <>
      <span className="dim">
        {textOr(`users-used-${item.kind.replaceAll("_", "-")}`, item.kind)}
      </span>{" "}
      {item.kind === "user" ? (
        <Link to="/users/$userId" params={{ userId: item.id }} search={{ tab: "features" }}>
          {item.name}
        </Link>
      ) : item.kind === "conference_room" ? (
        <Link to="/conferences/$roomId" params={{ roomId: item.id }} search={{ tab: "settings" }}>
          {item.name}
        </Link>
      ) : (
        item.name
      )}
    </>
  );
}
