import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { answer, api, ifMatch } from "../api/client";
import { explain } from "../api/errors";
import { show } from "../api/live";
import type { ConferenceManager } from "../api/resources";
import { findRooms } from "../conferences/pick";
import { roomQuery } from "../conferences/queries";
import { Button, IconButton } from "../design/button";
import { Notice } from "../design/display";
import { RadioGroup } from "../design/fields";
import { SidePanel } from "../design/overlays";
import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useCustomerId } from "../shell/customer";
import "./managers.css";

interface RoomChoiceProps {
  value: string[] | null;
  onChange: (value: string[] | null) => void;
}

/** All rooms of the customer, those to come too, or some. */
export function RoomChoice({ value, onChange }: RoomChoiceProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const chosen = useQueries({ queries: (value ?? []).map((id) => roomQuery(id)) });
  const nameOf = (id: string, index: number) => chosen[index]?.data?.name ?? id;
  return (
    <div className="stack">
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
    </div>
  );
}

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
  const [roomIds, setRoomIds] = useState<string[] | null>(manager.room_ids);
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH("/api/v1/conference-managers/{id}", {
          params: { path: { id: manager.id }, header: ifMatch(manager.version) },
          body: { room_ids: roomIds },
        }),
      ),
    onSuccess: (saved) => {
      show(client, "managers", saved);
      toast({ kind: "ok", text: t("users-saved") });
      onClose();
    },
    onError: () => void client.invalidateQueries({ queryKey: ["managers", "list"] }),
    meta: { quiet: true },
  });
  return (
    <SidePanel
      isOpen
      isDirty={JSON.stringify(roomIds) !== JSON.stringify(manager.room_ids)}
      onClose={onClose}
      title={manager.username}
      intro={t("managers-rooms-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button variant="primary" isPending={save.isPending} onPress={() => save.mutate()}>
            {t("design-save")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {save.error && <Notice tone="bad">{explain(save.error, t)}</Notice>}
        <RoomChoice value={roomIds} onChange={setRoomIds} />
      </div>
    </SidePanel>
  );
}
