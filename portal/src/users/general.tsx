import { useQuery } from "@tanstack/react-query";
import type { User } from "../api/resources";
import { NumberField, Select, TextField } from "../design/fields";
import { Switch } from "../design/switch";
import { type FormState, Section } from "../design/form";
import { useText } from "../design/texts";
import { isForUsers, profilesQuery, roleName } from "../session/profiles";
import type { UserValues } from "./edit";
import { ProviderRole } from "./provider-role";
import { SitePicker } from "./site-picker";
import { useHasSites } from "./sites";

export interface UserTabProps {
  user: User;
  form: FormState<UserValues>;
  isReadOnly: boolean;
}

/** Who the person is, how they sign in, which number they have. */
export function GeneralTab({ user, form, isReadOnly }: UserTabProps) {
  return (
    <div className="form">
      <Person user={user} form={form} isReadOnly={isReadOnly} />
      {user.customer_id !== null && <Telephony form={form} isReadOnly={isReadOnly} />}
      <SignIn user={user} form={form} isReadOnly={isReadOnly} />
    </div>
  );
}

function Person({ user, form, isReadOnly }: UserTabProps) {
  const t = useText();
  const hasSites = useHasSites(user.customer_id);
  const shut = { isDisabled: isReadOnly };
  return (
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
  );
}

function Telephony({ form, isReadOnly }: Omit<UserTabProps, "user">) {
  const t = useText();
  const shut = { isDisabled: isReadOnly };
  return (
    <Section title={t("users-general-number")}>
      <div className="pair">
        <TextField
          {...form.field("extension")}
          {...shut}
          label={t("users-extension")}
          help={t("users-extension-help-present")}
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
  );
}

/** The roles that a person may have, the one they have among them. */
function useRoleChoices({ customer_id, role: present }: User) {
  const t = useText();
  const profiles = useQuery(profilesQuery(customer_id ?? undefined));
  const names = new Set([...(profiles.data?.items ?? []).map((profile) => profile.name), present]);
  return [...names]
    .filter((name) => name === present || isForUsers(name))
    .map((name) => ({ id: name, label: roleName(name, t) }));
}

function SignIn({ user, form, isReadOnly }: UserTabProps) {
  const t = useText();
  const roles = useRoleChoices(user);
  const shut = { isDisabled: isReadOnly };
  return (
    <Section title={t("users-general-sign-in")}>
      <div className="pair">
        <TextField
          {...form.field("username")}
          {...shut}
          label={t("users-username")}
          autoComplete="off"
        />
        {user.customer_id === null ? (
          <ProviderRole />
        ) : (
          <Select {...form.field("role")} {...shut} label={t("users-role")} choices={roles} />
        )}
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
  );
}
