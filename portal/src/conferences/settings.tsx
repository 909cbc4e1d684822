import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { keys } from "../api/keys";
import { show } from "../api/live";
import type { Room } from "../api/resources";
import { Button, IconButton, LinkButton } from "../design/button";
import { Card, Notice } from "../design/display";
import { NumberField, Select, TextField } from "../design/fields";
import { Switch } from "../design/switch";
import { type FormState, FormSummary, SaveBar, Section, useForm } from "../design/form";
import { SearchPicker } from "../design/search-picker";
import { type Text, useText } from "../design/texts";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { mayBeyondOwn, useMe } from "../session/session";
import { findUsers, useUserNames } from "../users/pick";
import { parseTarget } from "./invitees";
import { type RoomChanges, roomQuery, updateRoom } from "./queries";
import "../users/texts";

function flatten(room: Room) {
  return {
    name: room.name,
    number: room.number,
    owner_id: room.owner_id ?? "",
    moderator_ids: room.moderator_ids,
    participant_pin: room.participant_pin ?? "",
    moderator_pin: room.moderator_pin ?? "",
    max_participants: room.max_participants as number | null,
    lobby: room.lobby,
    lock_on_start: room.lock_on_start,
    join_muted: room.join_muted,
    webinar: room.webinar,
    wait_for_moderator: room.wait_for_moderator,
    announce: room.announce,
    music_while_alone: room.music_while_alone,
    record: room.record,
    end_when_moderator_leaves: room.end_when_moderator_leaves,
    time_limit: room.time_limit_secs === null ? null : Math.round(room.time_limit_secs / 60),
    call_out: room.call_out,
  };
}

type Values = ReturnType<typeof flatten>;

/** The form as it was when Save was pressed. */
interface Sent {
  values: Values;
  changed: (keyof Values)[];
}

/** The PATCH that brings the changed fields to the server; empty means none. */
export function changesOf(values: Values, changed: (keyof Values)[]): RoomChanges {
  const out: Record<string, unknown> = {};
  for (const name of changed) {
    const value = values[name];
    if (name === "time_limit") out["time_limit_secs"] = value === null ? null : Number(value) * 60;
    else out[name] = value === "" && name !== "name" && name !== "number" ? null : value;
  }
  return out;
}

const SWITCHES = [
  "lobby",
  "lock_on_start",
  "join_muted",
  "webinar",
  "wait_for_moderator",
  "music_while_alone",
  "end_when_moderator_leaves",
] as const;

function word(name: string): string {
  return `conferences-${name.replaceAll("_", "-")}`;
}

function labelsOf(t: Text): Record<string, string> {
  return {
    name: t("conferences-name"),
    number: t("conferences-number"),
    owner_id: t("conferences-owner"),
    moderator_ids: t("conferences-moderators"),
    participant_pin: t("conferences-participant-pin"),
    moderator_pin: t("conferences-moderator-pin"),
    max_participants: t("conferences-limit"),
    announce: t("conferences-announce"),
    record: t("conferences-record"),
    time_limit: t("conferences-time-limit"),
    call_out: t("conferences-call-out"),
    ...Object.fromEntries(SWITCHES.map((name) => [name, t(word(name))])),
  };
}

/** Names of the API that the form calls otherwise. */
function formField(field: string): string {
  if (field === "time_limit_secs") return "time_limit";
  return field.replace(/\[\d+\]$/u, "");
}

/** Every setting of a room. Some take effect at once in a running conference, all at the next. */
export default function SettingsTab({ room }: { room: Room }) {
  const t = useText();
  const mayOn = useMayOn();
  const client = useQueryClient();
  const form = useForm("room", flatten(room));
  const [base, setBase] = useState(room);
  const [conflict, setConflict] = useState(false);
  if (form.changed.length === 0 && base !== room) setBase(room);
  const names = labelsOf(t);
  const labelOf = (field: string) => names[field] ?? field;
  const shut = { isDisabled: !mayOn("conference_room", "update", roomTarget(room)) };
  // Whoever may change only rooms that are theirs to run cannot renumber them or give them away.
  const mayGive = mayOn("conference_room", "update", { customer: room.customer_id });
  const fixed = { isDisabled: !mayGive };
  const save = useMutation({
    mutationFn: ({ values, changed }: Sent) =>
      updateRoom(room.id, changesOf(values, changed), base.version),
    onSuccess: (saved, { values }) => {
      client.setQueryData(keys.room(room.id), saved);
      show(client, "rooms", saved);
      form.saved(values);
      // What was typed meanwhile was typed over this.
      setBase(saved);
      setConflict(false);
      toast({ kind: "ok", text: t("users-saved") });
    },
    onError: async (error) => {
      form.setProblems(
        fieldProblems(error).map((one) => ({ ...one, field: formField(one.field) })),
      );
      if (error instanceof ApiError && error.status === 412) {
        setConflict(true);
        // Where even that fails, the next Save says so again.
        await client.query({ ...roomQuery(room.id), staleTime: 0 }).then(setBase, () => undefined);
      }
    },
    meta: { quiet: true },
  });
  return (
    <div className="stack room-settings">
      {conflict && <Notice tone="warn">{t("users-conflict", { name: room.name })}</Notice>}
      <FormSummary form="room" problems={form.problems} labelOf={labelOf} />
      {save.error && form.problems.length === 0 && !conflict && (
        <Notice tone="bad">{explain(save.error, t)}</Notice>
      )}
      <Card>
        <div className="form">
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
          <Section title={t("conferences-section-running")}>
            <Toggles
              form={form}
              names={[
                "webinar",
                "wait_for_moderator",
                "music_while_alone",
                "end_when_moderator_leaves",
              ]}
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
          <Section title={t("conferences-call-out")} help={t("conferences-call-out-help")}>
            <CallOut form={form} {...shut} />
          </Section>
        </div>
      </Card>
      <SaveBar
        changed={form.changed}
        labelOf={labelOf}
        isSaving={save.isPending}
        onSave={() => save.mutate({ values: form.values, changed: form.changed })}
        onDiscard={() => {
          form.reset();
          setConflict(false);
          save.reset();
        }}
      />
    </div>
  );
}

interface PartProps {
  form: FormState<Values>;
  isDisabled: boolean;
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

/** Owner and moderators, found among those who have an extension. */
function People({ form, room, isDisabled, mayGive }: PartProps & { room: Room; mayGive: boolean }) {
  const t = useText();
  const me = useMe();
  const customer = me.customer === null ? room.customer_id : undefined;
  const moderators = form.values.moderator_ids;
  const owner = form.values.owner_id;
  const nameOf = useUserNames(owner === "" ? moderators : [owner, ...moderators]);
  if (!mayBeyondOwn(me, "user", "read")) return null;
  const find = async (q: string, signal: AbortSignal) =>
    (await findUsers(q, customer, signal)).map((user) => ({
      id: user.id,
      label: user.name,
      ...(user.extension ? { detail: user.extension } : {}),
    }));
  return (
    <div className="pair">
      <div className="field">
        <SearchPicker
          id="room-owner_id"
          isDisabled={!mayGive}
          label={t("conferences-owner")}
          help={t("conferences-owner-help")}
          error={form.field("owner_id").error}
          shown={owner === "" ? "" : nameOf(owner)}
          placeholder={t("conferences-owner-none")}
          source={["users", "pick", customer ?? null]}
          find={find}
          onPick={(choice) => form.set("owner_id", choice.id)}
        />
        {owner !== "" && mayGive && (
          <div>
            <LinkButton onPress={() => form.set("owner_id", "")}>
              {t("conferences-owner-take")}
            </LinkButton>
          </div>
        )}
      </div>
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
          find={find}
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
    </div>
  );
}

/** Numbers that are called at every start. */
function CallOut({ form, isDisabled }: PartProps) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const list = form.values.call_out;
  const add = () => {
    const target = parseTarget(typed);
    setWrong(target === undefined);
    if (target === undefined) return;
    if (!list.includes(target)) form.set("call_out", [...list, target]);
    setTyped("");
  };
  return (
    <>
      {list.length > 0 && (
        <ul className="chips">
          {list.map((target) => (
            <li key={target}>
              <span className="mono">{target}</span>
              {!isDisabled && (
                <IconButton
                  small
                  icon={X}
                  label={t("conferences-take-off", { name: target })}
                  onPress={() =>
                    form.set(
                      "call_out",
                      list.filter((one) => one !== target),
                    )
                  }
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="add-line">
        <TextField
          id="room-call_out"
          isDisabled={isDisabled}
          label={t("conferences-number-or-address")}
          value={typed}
          onChange={setTyped}
          placeholder={t("conferences-number-example")}
          error={wrong ? t("conferences-not-a-number") : form.field("call_out").error}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              add();
            }
          }}
        />
        <Button icon={Plus} onPress={add} isDisabled={isDisabled || typed.trim() === ""}>
          {t("conferences-add")}
        </Button>
      </div>
    </>
  );
}
