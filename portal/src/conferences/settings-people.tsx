import { X } from "lucide-react";
import type { Room } from "../api/resources";
import { IconButton, LinkButton } from "../design/button";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { mayBeyondOwn, useMe } from "../session/session";
import { findUsers, useUserNames } from "../users/pick";
import type { PartProps } from "./settings-form";

/** Owner and moderators, found among those who have an extension. */
export function People({
  form,
  room,
  isDisabled,
  mayGive,
}: PartProps & { room: Room; mayGive: boolean }) {
  const me = useMe();
  const customer = me.customer === null ? room.customer_id : undefined;
  const { moderator_ids, owner_id } = form.values;
  const nameOf = useUserNames(owner_id === "" ? moderator_ids : [owner_id, ...moderator_ids]);
  if (!mayBeyondOwn(me, "user", "read")) return null;
  return (
    <div className="pair">
      <Owner form={form} customer={customer} nameOf={nameOf} isDisabled={!mayGive} />
      <Moderators form={form} customer={customer} nameOf={nameOf} isDisabled={isDisabled} />
    </div>
  );
}

interface PersonProps extends PartProps {
  /** Among whose people is searched; none: the reader's own. */
  customer: string | undefined;
  nameOf: (id: string) => string;
}

/** Finds people of a customer by name or number. */
function finderOf(customer: string | undefined) {
  return async (q: string, signal: AbortSignal) =>
    (await findUsers(q, customer, signal)).map((user) => ({
      id: user.id,
      label: user.name,
      ...(user.extension ? { detail: user.extension } : {}),
    }));
}

function Owner({ form, customer, nameOf, isDisabled }: PersonProps) {
  const t = useText();
  const owner = form.values.owner_id;
  return (
    <div className="field">
      <SearchPicker
        id="room-owner_id"
        isDisabled={isDisabled}
        label={t("conferences-owner")}
        help={t("conferences-owner-help")}
        error={form.field("owner_id").error}
        shown={owner === "" ? "" : nameOf(owner)}
        placeholder={t("conferences-owner-none")}
        source={["users", "pick", customer ?? null]}
        find={finderOf(customer)}
        onPick={(choice) => form.set("owner_id", choice.id)}
      />
      {owner !== "" && !isDisabled && (
        <div>
          <LinkButton onPress={() => form.set("owner_id", "")}>
            {t("conferences-owner-take")}
          </LinkButton>
        </div>
      )}
    </div>
  );
}

function Moderators({ form, customer, nameOf, isDisabled }: PersonProps) {
  const t = useText();
  const moderators = form.values.moderator_ids;
  return (
    <div className="field">
      <SearchPicker
        id="room-moderator_ids"
        isDisabled={isDisabled}
        label={t("conferences-moderators")}
        help={t("conferences-moderators-help")}
        error={form.field("moderator_ids").error}
        shown=""
        placeholder={t("conferences-moderators-add")}
        source={["users", "pick", customer ?? null]}
        find={finderOf(customer)}
        onPick={({ id }) => {
          if (!moderators.includes(id)) form.set("moderator_ids", [...moderators, id]);
        }}
      />
      <ul className="chips">
        {moderators.map((id) => (
          <li key={id}>
            {nameOf(id)}
            {!isDisabled && (
              <IconButton
                small
                icon={X}
                label={t("conferences-take-off", { name: nameOf(id) })}
                onPress={() =>
                  form.set(
                    "moderator_ids",
                    moderators.filter((one) => one !== id),
                  )
                }
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
