import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { set } from "../api/lists";
import type { ConferenceManagerWithPassword } from "../api/resources";
import { useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { useCustomerId } from "../shell/customer";
import { findUsers } from "../users/pick";
import { RoomChoice } from "./rooms";

interface Account {
  extension: string;
  /** None: all rooms. */
  room_ids: string[] | null;
}

type Values = Account & Record<string, unknown>;

const EMPTY: Values = { extension: "", room_ids: null };

function createManager(
  { extension, room_ids }: Account,
  customer_id: string | undefined,
): Promise<ConferenceManagerWithPassword> {
  const rooms = room_ids === null ? {} : { room_ids };
  const body = { extension, ...set({ customer_id }), ...rooms };
  return answer(api.POST("/api/v1/conference-managers", { body }));
}

interface AddProps {
  onClose: () => void;
  onAdded: (account: ConferenceManagerWithPassword) => void;
}

/** Makes an account for somebody who has an extension. */
export function AddManager({ onClose, onAdded }: AddProps) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const form = useForm("add-manager", EMPTY);
  const submit = useSubmit(
    form,
    () => createManager(form.values, customer_id),
    (account) => {
      void client.invalidateQueries({ queryKey: ["managers", "list"] });
      onAdded(account);
    },
  );
  const labels: Record<string, string> = {
    extension: t("managers-extension"),
    room_ids: t("managers-rooms"),
  };
  const rooms = form.field("room_ids");
  const extension = form.field("extension");
  return (
    <FormPanel
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("managers-add")}
      intro={t("managers-add-intro")}
      action={t("managers-add")}
      onClose={onClose}
    >
      <ExtensionPicker id={extension.id} error={extension.error} onPick={extension.onChange} />
      <RoomChoice {...rooms} />
    </FormPanel>
  );
}

interface ExtensionPickerProps {
  id: string;
  error: string | undefined;
  onPick: (extension: string) => void;
}

function ExtensionPicker({ id: field, error, onPick }: ExtensionPickerProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const [picked, setPicked] = useState("");
  return (
    <SearchPicker
      id={field}
      label={t("managers-extension")}
      help={t("managers-extension-help")}
      error={error}
      placeholder={t("managers-pick")}
      shown={picked}
      source={["users", "pick", customer_id ?? null, "extension"]}
      find={async (q, signal) =>
        (await findUsers(q, customer_id, signal)).map((user) => ({
          id: user.extension ?? "",
          label: user.name,
          detail: user.extension ?? "",
        }))
      }
      onPick={({ id, label }) => {
        onPick(id);
        setPicked(`${id} · ${label}`);
      }}
    />
  );
}
