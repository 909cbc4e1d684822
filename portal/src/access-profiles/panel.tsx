import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { plain } from "../api/client";
import type { AccessProfile } from "../api/resources";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { TextField } from "../design/fields";
import { useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { SidePanel } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roleName } from "../session/profiles";
import { usesIn } from "../users/uses";
import { type GrantLine, sameGrants, wordsOf } from "./grants";
import { GrantsField } from "./grants-field";
import { PATH, ROOT, isStandard } from "./queries";
import "./access-profiles.css";
import "./texts";

/** A type, not an interface: forms take records. */
type ProfileValues = { name: string; description: string; grants: GrantLine[] };

interface PanelProps {
  profile: AccessProfile;
  isReadOnly: boolean;
  onClose: () => void;
}

/** What a profile allows, line by line. */
export function ProfilePanel({ isReadOnly, ...props }: PanelProps) {
  return isReadOnly ? <ReadPanel {...props} /> : <EditPanel {...props} />;
}

function ReadPanel({ profile, onClose }: Omit<PanelProps, "isReadOnly">) {
  const t = useText();
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={roleName(profile.name, t)}
      intro={profile.description}
      footer={<Button onPress={onClose}>{t("design-close")}</Button>}
    >
      <div className="stack">
        {isStandard(profile) && <Notice>{t("access-profiles-fixed")}</Notice>}
        <ul className="grant-words" aria-label={t("access-profiles-grants")}>
          {profile.grants.map((grant) => (
            <li key={`${grant.model} ${grant.operation} ${grant.scope}`}>{wordsOf(grant, t)}</li>
          ))}
        </ul>
      </div>
    </SidePanel>
  );
}

/** What was changed, as the server takes it. */
function changesOf(values: ProfileValues, loaded: ProfileValues) {
  return {
    ...(values.name === loaded.name ? {} : { name: values.name.trim() }),
    ...(values.description === loaded.description
      ? {}
      : { description: values.description.trim() || null }),
    ...(sameGrants(values.grants, loaded.grants) ? {} : { grants: values.grants }),
  };
}

function EditPanel({ profile, onClose }: Omit<PanelProps, "isReadOnly">) {
  const t = useText();
  const client = useQueryClient();
  const [loaded] = useState<ProfileValues>({
    name: profile.name,
    description: profile.description,
    grants: profile.grants,
  });
  const form = useForm("profile", loaded);
  const changes = changesOf(form.values, loaded);
  const isDirty = Object.keys(changes).length > 0;
  const save = useSubmit(
    form,
    () => plain<AccessProfile>("PATCH", `${PATH}/${profile.id}`, changes, profile.version),
    (saved) => {
      void client.invalidateQueries({ queryKey: [ROOT] });
      toast({ kind: "ok", text: t("access-profiles-saved", { name: saved.name }) });
      onClose();
    },
  );
  const labelOf = (field: string) => {
    const line = /^grants\[(\d+)\]/u.exec(field)?.[1];
    if (line !== undefined) return t("access-profiles-line", { line: Number(line) + 1 });
    if (field === "name") return t("access-profiles-name");
    return field === "description" ? t("access-profiles-description") : t("access-profiles-grants");
  };
  return (
    <FormPanel
      form={form}
      submit={isDirty ? save : { ...save, mutate: onClose }}
      labelOf={labelOf}
      isDirty={isDirty}
      title={roleName(profile.name, t)}
      intro={profile.description}
      action={t("design-save")}
      onClose={onClose}
      detail={usesIn}
    >
      <TextField {...form.field("name")} label={t("access-profiles-name")} />
      <TextField {...form.field("description")} label={t("access-profiles-description")} optional />
      <GrantsField value={form.values.grants} onChange={(grants) => form.set("grants", grants)} />
    </FormPanel>
  );
}
