import { FilterChip, SearchChip } from "../design/filters";
import { useText } from "../design/texts";
import { useRoles } from "../session/profiles";
import { useCustomerId } from "../shell/customer";
import { presences } from "./presence";
import { findSites, useSite } from "./sites";
import type { UsersSearch } from "./list";

interface FiltersProps {
  search: UsersSearch;
  go: (change: Partial<UsersSearch>) => void;
  hasSites: boolean;
}

/** By what the list may be narrowed. */
export function Filters({ search, go, hasSites }: FiltersProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const site = useSite(search.site);
  const roles = useRoles(customer_id) ?? [];
  return (
    <>
      <FilterChip
        label={t("users-state")}
        value={search.state}
        choices={presences.map((id) => ({ id, label: t(`users-state-${id}`) }))}
        onChange={(state) => go({ state })}
      />
      {(hasSites || search.site !== undefined) && (
        <SearchChip
          label={t("users-site")}
          searchLabel={t("users-find-site")}
          value={
            search.site === undefined ? undefined : { id: search.site, label: site?.name ?? "…" }
          }
          source={["sites", customer_id ?? null]}
          find={(words, signal) => findSites(words, customer_id, signal)}
          onChange={(id) => go({ site: id })}
        />
      )}
      {roles.length > 0 && (
        <FilterChip
          label={t("users-role")}
          value={search.role}
          choices={roles}
          onChange={(role) => go({ role })}
        />
      )}
      <FilterChip
        label={t("users-extension")}
        value={search.phone === undefined ? undefined : search.phone ? "with" : "without"}
        choices={[
          { id: "with", label: t("users-with-extension") },
          { id: "without", label: t("users-without-extension") },
        ]}
        onChange={(value) => go({ phone: value === undefined ? undefined : value === "with" })}
      />
    </>
  );
}
