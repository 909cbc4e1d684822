import { useQuery } from "@tanstack/react-query";
import type { User } from "../api/resources";
import { NumberField, Select, TextField } from "../design/fields";
import { Switch } from "../design/switch";
import { type FormState, Section } from "../design/form";
import { useText } from "../design/texts";
import { isForUsers, profilesQuery, roleName } from "../session/profiles";
import type { UserValues } from "./edit";
import { SitePicker } from "./site-picker";
import { useHasSites } from "./sites";

export interface UserTabProps {
  user: User;
  form: FormState<UserValues>;
  isReadOnly: boolean;
}

/** Who the person is, how they sign in, which number they have. */
export function GeneralTab({ user, form, isReadOnly }: UserTabProps) {
  const t = useText();
  const profiles = useQuery(profilesQuery);
  const hasSites = useHasSites(user.customer_id);
  const roleNames = new Set([
    ...(profiles.data?.items ?? []).map((profile) => profile.name),
    user.role,
  ]);
  const roles = [...roleNames]
    .filter((name) => name === user.role || isForUsers(name))
    .map((name) => ({ id: name, label: roleName(name, t) }));
  const shut = { isDisabled: isReadOnly };
  return (
    <div className="form">
      <Section title={t("users-general-person")}>
        <div className="pair">
          <TextField {...form.field("first_name")} {...shut} label={t("users-first-name")} />
          <TextField {...form.field("last_name")} {...shut} label={t("users-last-name")} optional />
        </div>
        <TextField {...form.field("email")} {...shut} type="email" label={t("users-email")} />
        {hasSites && (
          <SitePicker {...form.field("site_id")} {...shut} customer_id={user.customer_id} />
        )}
      </Section>
      <Section title={t("users-general-number")}>
        <div className="pair">
          <TextField
            {...form.field("extension")}
            {...shut}
            label={t("users-extension")}
            help={t("users-extension-help")}
            inputMode="numeric"
            optional
          />
          <NumberField
            {...form.field("security.max_calls")}
            {...shut}
            label={t("users-max-calls")}
            help={t("users-max-calls-help")}
            min={0}
          />
        </div>
      </Section>
      <Section title={t("users-general-sign-in")}>
        <div className="pair">
          <TextField
            {...form.field("username")}
            {...shut}
            label={t("users-username")}
            autoComplete="off"
          />
          <Select {...form.field("role")} {...shut} label={t("users-role")} choices={roles} />
        </div>
        <TextField
          {...form.field("password")}
          {...shut}
          type="password"
          label={t("users-new-password")}
          help={t("users-new-password-help")}
          autoComplete="new-password"
          optional
        />
        <Switch
          label={t("users-disabled")}
          help={t("users-disabled-help")}
          isSelected={form.values["advanced.disabled"]}
          onChange={(on) => form.set("advanced.disabled", on)}
          {...shut}
        />
      </Section>
    </div>
  );
}
