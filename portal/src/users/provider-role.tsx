import { Select } from "../design/fields";
import { useText } from "../design/texts";
import { PROVIDER_ROLE, roleName } from "../session/profiles";
import "./texts";

/** The role of the provider's own people: there is nothing to choose. */
export function ProviderRole() {
  const t = useText();
  return (
    <Select
      isDisabled
      label={t("users-role")}
      help={t("users-provider-role-help")}
      value={PROVIDER_ROLE}
      onChange={() => undefined}
      choices={[{ id: PROVIDER_ROLE, label: roleName(PROVIDER_ROLE, t) }]}
    />
  );
}
