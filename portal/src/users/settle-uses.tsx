import type { UsedIn, User } from "../api/resources";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { findUsers } from "./pick";
import { type Chosen, type Heir, keyOfUse } from "./settle";
import { UseName } from "./uses";
import "./texts";
import "./users.css";

/** An account for somebody's extension is nothing without one. */
function goesWith(item: UsedIn): boolean {
  return item.kind === "conference_manager";
}

/** A choice beside each use: who takes it over, or nobody. */
export function SettleUses(props: {
  user: User;
  items: UsedIn[];
  /** They go too, and can take nothing over. */
  going: ReadonlySet<string>;
  chosen: Chosen;
  onChoose: (key: string, heir: Heir) => void;
}) {
  const t = useText();
  const { user, items, going, chosen } = props;
  const customer_id = user.customer_id ?? undefined;
  const find = (item: UsedIn) => async (q: string, signal: AbortSignal) => {
    const nobody = {
      id: "",
      label: t("users-use-nobody"),
      detail: t(goesWith(item) ? "users-use-nobody-deletes" : "users-use-nobody-help"),
    };
    const found = await findUsers(q, customer_id, signal);
    const heirs = found.filter((one) => !going.has(one.id));
    const isMeant = nobody.label.toLowerCase().includes(q.trim().toLowerCase());
    return [
      ...(isMeant ? [nobody] : []),
      ...heirs.map((one) => ({ id: one.id, label: one.name, detail: one.extension ?? "" })),
    ];
  };
  return (
    <ul className="uses settled">
      {items.map((item) => {
        const key = keyOfUse(user.id, item);
        return (
          <li key={key}>
            <span>
              <UseName item={item} />
            </span>
            <SearchPicker
              label={t(item.kind === "user" ? "users-use-heir-forwarding" : "users-use-heir", {
                name: item.name,
              })}
              placeholder={t("users-use-choose")}
              shown={chosen[key]?.name ?? ""}
              source={["users", "pick", customer_id ?? null, "heir", user.id, item.kind]}
              find={find(item)}
              onPick={({ id, label }) => {
                props.onChoose(key, { id: id === "" ? null : id, name: label });
              }}
            />
            {goesWith(item) && chosen[key]?.id === null && (
              <p className="goes-with" role="status">
                {t("users-use-deletes", { name: item.name })}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
