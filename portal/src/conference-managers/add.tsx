import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { set } from "../api/lists";
import type { ConferenceManagerWithPassword } from "../api/resources";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { SidePanel } from "../design/overlays";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { useCustomerId } from "../shell/customer";
import { findUsers } from "../users/pick";
import { RoomChoice } from "./rooms";

interface Account {
  extension: string;
  /** None: all rooms. */
  roomIds: string[] | null;
}

function useAdding(onAdded: (account: ConferenceManagerWithPassword) => void) {
  const client = useQueryClient();
  const customer_id = useCustomerId();
  return useMutation({
    mutationFn: ({ extension, roomIds }: Account) =>
      answer(
        api.POST("/api/v1/conference-managers", {
          body: {
            extension,
            ...set({ customer_id }),
            ...(roomIds === null ? {} : { room_ids: roomIds }),
          },
        }),
      ),
    onSuccess: (account) => {
      void client.invalidateQueries({ queryKey: ["managers", "list"] });
      onAdded(account);
    },
    meta: { quiet: true },
  });
}

interface AddProps {
  onClose: () => void;
  onAdded: (account: ConferenceManagerWithPassword) => void;
}

/** Makes an account for somebody who has an extension. */
export function AddManager({ onClose, onAdded }: AddProps) {
  const t = useText();
  const [extension, setExtension] = useState("");
  const [roomIds, setRoomIds] = useState<string[] | null>(null);
  const add = useAdding(onAdded);
  const problems = fieldProblems(add.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  const other = problems.filter(({ field }) => field !== "extension" && field !== "room_ids");
  return (
    <SidePanel
      isOpen
      isDirty={extension !== "" || roomIds !== null}
      onClose={onClose}
      title={t("managers-add")}
      intro={t("managers-add-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button
            variant="primary"
            isPending={add.isPending}
            isDisabled={extension === ""}
            onPress={() => add.mutate({ extension, roomIds })}
          >
            {t("managers-add")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {add.error && (problems.length === 0 || other.length > 0) && (
          <Notice tone="bad">{other[0]?.message ?? explain(add.error, t)}</Notice>
        )}
        <ExtensionPicker error={errorOf("extension")} onPick={setExtension} />
        <RoomChoice value={roomIds} onChange={setRoomIds} />
        {errorOf("room_ids") && <p className="field-error">{errorOf("room_ids")}</p>}
      </div>
    </SidePanel>
  );
}

interface ExtensionPickerProps {
  error: string | undefined;
  onPick: (extension: string) => void;
}

function ExtensionPicker({ error, onPick }: ExtensionPickerProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const [picked, setPicked] = useState("");
  return (
    <SearchPicker
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
