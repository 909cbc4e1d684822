import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { set } from "../api/lists";
import { NumberField, TextField } from "../design/fields";
import { type FormState, useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { useText } from "../design/texts";
import { useCustomerId } from "../shell/customer";
import { createRoom } from "./queries";

const EMPTY = { name: "", number: "", participant_pin: "", max_participants: 15 as number | null };

/** A room to be; everything else is set on its own page. */
export default function CreateRoom({ onClose }: { onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const customer_id = useCustomerId();
  const form = useForm("new-room", EMPTY);
  const { values } = form;
  const submit = useSubmit(
    form,
    () =>
      createRoom({
        name: values.name.trim(),
        number: values.number.trim(),
        ...set({
          customer_id,
          participant_pin: values.participant_pin.trim(),
          max_participants: values.max_participants,
        }),
      }),
    (room) => {
      void client.invalidateQueries({ queryKey: ["rooms", "list"] });
      void navigate({ to: "/conferences/$roomId", params: { roomId: room.id } });
    },
  );
  const labels: Record<string, string> = {
    name: t("conferences-name"),
    number: t("conferences-number"),
    participant_pin: t("conferences-participant-pin"),
    max_participants: t("conferences-limit"),
  };
  return (
    <FormPanel
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("conferences-add-room")}
      intro={t("conferences-add-room-intro")}
      action={t("conferences-add-room")}
      onClose={onClose}
    >
      <RoomFields form={form} />
    </FormPanel>
  );
}

function RoomFields({ form }: { form: FormState<typeof EMPTY> }) {
  const t = useText();
  return (
    <>
      <TextField
        {...form.field("name")}
        label={t("conferences-name")}
        help={t("conferences-name-help")}
        autoFocus
      />
      <TextField
        {...form.field("number")}
        label={t("conferences-number")}
        help={t("conferences-number-help")}
        inputMode="numeric"
      />
      <NumberField
        {...form.field("max_participants")}
        label={t("conferences-limit")}
        help={t("conferences-limit-help")}
        min={2}
        max={10000}
      />
      <TextField
        {...form.field("participant_pin")}
        label={t("conferences-participant-pin")}
        help={t("conferences-participant-pin-help")}
        inputMode="numeric"
        optional
      />
    </>
  );
}
