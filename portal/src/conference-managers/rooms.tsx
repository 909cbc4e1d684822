import { useQueries, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { answer, api, ifMatch } from "../api/client";
import { show } from "../api/live";
import type { ConferenceManager } from "../api/resources";
import { findRooms } from "../conferences/pick";
import { roomQuery } from "../conferences/queries";
import { IconButton } from "../design/button";
import { RadioGroup } from "../design/fields";
import { useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useCustomerId } from "../shell/customer";
import "./managers.css";

interface RoomChoiceProps {
  id: string;
  value: string[] | null;
  onChange: (value: string[] | null) => void;
  error: string | undefined;
}

/** All rooms of the customer, those to come too, or some. */
export function RoomChoice({ id, value, onChange, error }: RoomChoiceProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const chosen = useQueries({ queries: (value ?? []).map((id) => roomQuery(id)) });
  const nameOf = (id: string, index: number) => chosen[index]?.data?.name ?? id;
  return (
    <div className="stack" id={id} tabIndex={-1}>
      <RadioGroup
        label={t("managers-rooms")}
        value={value === null ? "all" : "some"}
        onChange={(next) => onChange(next === "all" ? null : [])}
        choices={[
          { id: "all", label: t("managers-all-rooms"), detail: t("managers-all-rooms-help") },
          { id: "some", label: t("managers-some-rooms") },
        ]}
      />
      {value !== null && (
        <div className="room-choice" role="group" aria-label={t("managers-rooms")}>
          <SearchPicker
            label={t("managers-room-add")}
            shown=""
            source={["rooms", "pick", customer_id ?? null]}
            find={(words, signal) => findRooms(words, customer_id, signal)}
            onPick={({ id }) => {
              if (!value.includes(id)) onChange([...value, id]);
            }}
          />
          <ul className="room-list">
            {value.map((id, index) => (
              <li key={id}>
                <span className="truncate">{nameOf(id, index)}</span>
                <IconButton
                  small
                  icon={X}
                  label={t("conferences-take-off", { name: nameOf(id, index) })}
                  onPress={() => onChange(value.filter((one) => one !== id))}
                />
              </li>
            ))}
          </ul>
          {value.length === 0 && <p className="dim">{t("managers-no-rooms-yet")}</p>}
        </div>
      )}
      {error !== undefined && <p className="field-error">{error}</p>}
    </div>
  );
}

type RoomValues = Pick<ConferenceManager, "room_ids">;

/** Which rooms a manager has. */
export function ChangeRooms({
  manager,
  onClose,
}: {
  manager: ConferenceManager;
  onClose: () => void;
}) {
  const t = useText();
  const client = useQueryClient();
  const [loaded] = useState<RoomValues>({ room_ids: manager.room_ids });
  const form = useForm("manager-rooms", loaded);
  const send = () =>
    answer(
      api.PATCH("/api/v1/conference-managers/{id}", {
        params: { path: { id: manager.id }, header: ifMatch(manager.version) },
        body: form.values,
      }),
    ).catch((error: unknown) => {
      // Somebody else may have changed it: the list shows theirs.
      void client.invalidateQueries({ queryKey: ["managers", "list"] });
      throw error;
    });
  const submit = useSubmit(form, send, (saved) => {
    show(client, "managers", saved);
    toast({ kind: "ok", text: t("users-saved") });
    onClose();
  });
  return (
    <FormPanel
      form={form}
      submit={submit}
      labelOf={() => t("managers-rooms")}
      title={manager.username}
      intro={t("managers-rooms-intro")}
      action={t("design-save")}
      onClose={onClose}
    >
      <RoomChoice {...form.field("room_ids")} />
    </FormPanel>
  );
}
