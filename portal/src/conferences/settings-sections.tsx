import type { Room } from "../api/resources";
import { NumberField, Select, TextField } from "../design/fields";
import { Switch } from "../design/switch";
import { Section } from "../design/form";
import { useText } from "../design/texts";
import { useMayOn } from "../session/covers";
import { type PartProps, type SWITCHES, word } from "./settings-form";
import { People } from "./settings-people";

/** What it is called, and whose it is. */
export function RoomSection({ form, room, isDisabled }: PartProps & { room: Room }) {
  const t = useText();
  const mayOn = useMayOn();
  const shut = { isDisabled };
  // Whoever may change only rooms that are theirs to run cannot renumber them or give them away.
  const mayGive = mayOn("conference_room", "update", { customer: room.customer_id });
  const fixed = { isDisabled: !mayGive };
  return (
    <Section title={t("conferences-section-room")}>
      <div className="pair">
        <TextField {...form.field("name")} {...shut} label={t("conferences-name")} />
        <TextField
          {...form.field("number")}
          {...fixed}
          label={t("conferences-number")}
          help={mayGive ? undefined : t("conferences-number-fixed")}
          inputMode="numeric"
        />
      </div>
      <People form={form} room={room} mayGive={mayGive} {...shut} />
    </Section>
  );
}

/** Who gets in, and how. */
export function EntrySection({ form, isDisabled }: PartProps) {
  const t = useText();
  const shut = { isDisabled };
  return (
    <Section title={t("conferences-section-entry")}>
      <div className="pair">
        <TextField
          {...form.field("participant_pin")}
          {...shut}
          label={t("conferences-participant-pin")}
          help={t("conferences-participant-pin-help")}
          inputMode="numeric"
          optional
        />
        <TextField
          {...form.field("moderator_pin")}
          {...shut}
          label={t("conferences-moderator-pin")}
          help={t("conferences-moderator-pin-help")}
          inputMode="numeric"
          optional
        />
        <NumberField
          {...form.field("max_participants")}
          {...shut}
          label={t("conferences-limit")}
          help={t("conferences-limit-help")}
          min={2}
          max={10000}
        />
      </div>
      <Toggles form={form} names={["lobby", "lock_on_start", "join_muted"]} {...shut} />
    </Section>
  );
}

/** How it goes on while it runs. */
export function RunningSection({ form, isDisabled }: PartProps) {
  const t = useText();
  const shut = { isDisabled };
  return (
    <Section title={t("conferences-section-running")}>
      <Toggles
        form={form}
        names={["webinar", "wait_for_moderator", "music_while_alone", "end_when_moderator_leaves"]}
        {...shut}
      />
      <div className="pair">
        <Select
          {...form.field("announce")}
          {...shut}
          label={t("conferences-announce")}
          choices={[
            { id: "tone", label: t("conferences-announce-tone") },
            { id: "none", label: t("conferences-announce-none") },
          ]}
        />
        <Select
          {...form.field("record")}
          {...shut}
          label={t("conferences-record")}
          choices={(["off", "on_demand", "always"] as const).map((id) => ({
            id,
            label: t(word(`record_${id}`)),
          }))}
        />
        <NumberField
          {...form.field("time_limit")}
          {...shut}
          label={t("conferences-time-limit")}
          help={t("conferences-time-limit-help")}
          unit={t("conferences-minutes-unit")}
          min={1}
          max={1440}
          optional
        />
      </div>
    </Section>
  );
}

function Toggles({ form, names, isDisabled }: PartProps & { names: (typeof SWITCHES)[number][] }) {
  const t = useText();
  return names.map((name) => (
    <Switch
      key={name}
      label={t(word(name))}
      help={t(`${word(name)}-help`)}
      isSelected={form.values[name]}
      isDisabled={isDisabled}
      onChange={(on) => form.set(name, on)}
    />
  ));
}
