import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form } from "react-aria-components";
import { explain, fieldProblems } from "../api/errors";
import { set } from "../api/lists";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { NumberField, TextField } from "../design/fields";
import { FormSummary, useForm } from "../design/form";
import { SidePanel } from "../design/overlays";
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
  const create = useMutation({
    mutationFn: () =>
      createRoom({
        name: values.name.trim(),
        number: values.number.trim(),
        ...set({
          customer_id,
          participant_pin: values.participant_pin.trim(),
          max_participants: values.max_participants,
        }),
      }),
    onSuccess: (room) => {
      void client.invalidateQueries({ queryKey: ["rooms", "list"] });
      void navigate({ to: "/conferences/$roomId", params: { roomId: room.id } });
    },
    onError: (error) => form.setProblems(fieldProblems(error)),
    meta: { quiet: true },
  });
  const names: Record<string, string> = {
    name: t("conferences-name"),
    number: t("conferences-number"),
    participant_pin: t("conferences-participant-pin"),
    max_participants: t("conferences-limit"),
  };
  return (
    <SidePanel
      isOpen
      isDirty={form.changed.length > 0}
      onClose={onClose}
      title={t("conferences-add-room")}
      intro={t("conferences-add-room-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button type="submit" form="new-room" variant="primary" isPending={create.isPending}>
            {t("conferences-add-room")}
          </Button>
        </>
      }
    >
      <Form
        validationBehavior="aria"
        id="new-room"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!create.isPending) create.mutate();
        }}
      >
        <FormSummary
          form="new-room"
          problems={form.problems}
          labelOf={(field) => names[field] ?? field}
        />
        {create.error && form.problems.length === 0 && (
          <Notice tone="bad">{explain(create.error, t)}</Notice>
        )}
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
      </Form>
    </SidePanel>
  );
}
