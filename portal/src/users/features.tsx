import { PhoneOff } from "lucide-react";
import type { Destination } from "../api/resources";
import { Card, EmptyState } from "../design/display";
import { NumberField, Select, TextField } from "../design/fields";
import { Switch } from "../design/switch";
import { Section } from "../design/form";
import { useText } from "../design/texts";
import type { UserTabProps } from "./general";

/** How calls to the person are handled. */
export function FeaturesTab({ user, form, isReadOnly }: UserTabProps) {
  const t = useText();
  if (user.extension === null && form.values.extension === "") {
    return (
      <Card>
        <EmptyState
          icon={PhoneOff}
          title={t("users-features-none")}
          text={t("users-features-none-text", { name: user.name })}
        />
      </Card>
    );
  }
  return (
    <Card>
      <div className="form">
        <Ringing form={form} isReadOnly={isReadOnly} />
        <Destinations form={form} isReadOnly={isReadOnly} />
      </div>
    </Card>
  );
}

type SectionProps = Omit<UserTabProps, "user">;

function Ringing({ form, isReadOnly }: SectionProps) {
  const t = useText();
  const shut = { isDisabled: isReadOnly };
  return (
    <Section title={t("users-features-ringing")}>
      <div className="pair">
        <NumberField
          {...form.field("features.ring_time")}
          {...shut}
          label={t("users-ring-time")}
          help={t("users-ring-time-help")}
          unit={t("users-seconds")}
          min={5}
          max={300}
        />
      </div>
      <Switch
        label={t("users-call-waiting")}
        help={t("users-call-waiting-help")}
        isSelected={form.values["features.call_waiting"]}
        onChange={(on) => form.set("features.call_waiting", on)}
        {...shut}
      />
      <Switch
        label={t("users-do-not-disturb")}
        help={t("users-do-not-disturb-help")}
        isSelected={form.values["features.do_not_disturb"]}
        onChange={(on) => form.set("features.do_not_disturb", on)}
        {...shut}
      />
    </Section>
  );
}

/** Where calls go that nobody takes. */
function Destinations({ form, isReadOnly }: SectionProps) {
  const t = useText();
  const shut = { isDisabled: isReadOnly };
  return (
    <Section title={t("users-features-destinations")} help={t("users-features-destinations-help")}>
      <DestinationField
        label={t("users-no-answer")}
        {...form.field("features.no_answer")}
        {...shut}
      />
      <DestinationField
        label={t("users-busy")}
        {...form.field("features.busy")}
        {...shut}
        mayFollow
      />
      <DestinationField
        label={t("users-offline")}
        {...form.field("features.offline")}
        {...shut}
        mayFollow
      />
    </Section>
  );
}

interface DestinationFieldProps<D extends Destination | null> {
  label: string;
  id: string;
  name: string;
  value: D;
  onChange: (value: D) => void;
  error: string | undefined;
  isDisabled: boolean;
  /** May be "as if nobody answers". */
  mayFollow?: boolean;
}

type Kind = Destination["type"] | "same";

/** Where a call goes: what kind of thing, and its number. */
function DestinationField<D extends Destination | null>(props: DestinationFieldProps<D>) {
  const t = useText();
  const { value, label } = props;
  const kinds: Kind[] = ["extension", "conference", "hangup"];
  if (props.mayFollow) kinds.unshift("same");
  const kind: Kind = value?.type ?? "same";
  const change = (next: Destination | null) => props.onChange(next as D);
  const needsNumber = kind === "extension" || kind === "conference";
  return (
    <div className="destination">
      <Select
        id={props.id}
        label={label}
        isDisabled={props.isDisabled}
        value={kind}
        error={needsNumber ? undefined : props.error}
        choices={kinds.map((id) => ({ id, label: t(`users-destination-${id}`) }))}
        onChange={(next) => {
          if (next === "same") change(null);
          else change({ type: next, target: next === kind ? (value?.target ?? "") : "" });
        }}
      />
      {needsNumber && (
        <TextField
          label={t("users-destination-number-short")}
          isDisabled={props.isDisabled}
          inputMode="numeric"
          value={value?.target ?? ""}
          error={props.error}
          onChange={(target) => change({ type: kind, target })}
        />
      )}
    </div>
  );
}
