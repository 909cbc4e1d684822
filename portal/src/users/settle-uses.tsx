import type { UsedIn, User } from "../api/resources";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { findUsers } from "./pick";
import { type Chosen, type Heir, keyOfUse } from "./settle";
import { UseName } from "./uses";
import "./texts";

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
  const nobody = { id: "", label: t("users-use-nobody"), detail: t("users-use-nobody-help") };
  const find = async (q: string, signal: AbortSignal) => {
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
              source={["users", "pick", customer_id ?? null, "heir", user.id]}
              find={find}
              onPick={({ id, label }) => {
                props.onChoose(key, { id: id === "" ? null : id, name: label });
              }}
            />
          </li>
        );
      })}
    </ul>
  );
}
