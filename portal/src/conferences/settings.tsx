import { useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { show } from "../api/live";
import type { Room } from "../api/resources";
import { Card, Notice } from "../design/display";
import { FormSummary, SaveBar, Section, useForm } from "../design/form";
import { useSaving } from "../design/saving";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { roomQuery, updateRoom } from "./queries";
import { CallOut } from "./settings-call-out";
import { changesOf, flatten, formField, labelsOf } from "./settings-form";
import { EntrySection, RoomSection, RunningSection } from "./settings-sections";
import "../users/texts";

function useRoomForm(room: Room) {
  const t = useText();
  const client = useQueryClient();
  const form = useForm("room", flatten(room));
  const saving = useSaving({
    form,
    record: room,
    send: ({ values, changed }, version) =>
      updateRoom(room.id, changesOf(values, changed), version),
    onSaved: (saved) => {
      client.setQueryData(keys.room(room.id), saved);
      show(client, "rooms", saved);
      toast({ kind: "ok", text: t("users-saved") });
    },
    look: () => client.query({ ...roomQuery(room.id), staleTime: 0 }),
    fieldOf: formField,
  });
  return { form, saving };
}

/** Every setting of a room. Some take effect at once in a running conference, all at the next. */
export default function SettingsTab({ room }: { room: Room }) {
  const t = useText();
  const mayOn = useMayOn();
  const { form, saving } = useRoomForm(room);
  const names = labelsOf(t);
  const labelOf = (field: string) => names[field] ?? field;
  const mayChange = mayOn("conference_room", "update", roomTarget(room));
  const shut = { isDisabled: !mayChange };
  return (
    <div className="stack room-settings">
      {saving.isConflict && (
        <div role="alert">
          <Notice tone="warn">{t("users-conflict", { name: room.name })}</Notice>
        </div>
      )}
      <FormSummary form="room" problems={form.problems} labelOf={labelOf} />
      {saving.error && <Notice tone="bad">{explain(saving.error, t)}</Notice>}
      <Card>
        <div className="form">
          {!mayChange && <p className="help">{t("conferences-settings-shut")}</p>}
          <RoomSection form={form} room={room} {...shut} />
          <EntrySection form={form} {...shut} />
          <RunningSection form={form} {...shut} />
          <Section title={t("conferences-call-out")} help={t("conferences-call-out-help")}>
            <CallOut form={form} {...shut} />
          </Section>
        </div>
      </Card>
      <SaveBar {...saving.bar} labelOf={labelOf} />
    </div>
  );
}
