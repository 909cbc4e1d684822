import { useNavigate } from "@tanstack/react-router";
import { Building2, ChevronsUpDown } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { SearchMenu } from "../design/search-menu";
import { useText } from "../design/texts";
import { isProvider, useMe } from "../session/session";
import {
  ALL,
  findCustomers,
  useCustomerId,
  useCustomerName,
  useRememberCustomer,
} from "./customer";

/** Where the reader is: their customer, or a choice for the provider's people. */
export function CustomerSwitcher() {
  const me = useMe();
  if (!isProvider(me)) return <div className="node truncate">{me.customer?.name}</div>;
  return <Switcher />;
}

function Switcher() {
  const t = useText();
  const chosen = useCustomerId();
  const known = useCustomerName();
  const navigate = useNavigate();
  const remember = useRememberCustomer();
  const everything = t("shell-everything");
  // For a moment nothing rather than somebody else's name.
  const name = chosen === undefined ? everything : (known ?? "…");
  return (
    <SearchMenu
      label={t("shell-customer")}
      searchLabel={t("shell-customer-search")}
      source={["customers"]}
      value={chosen ?? ALL}
      first={{ id: ALL, label: everything }}
      find={async (words, signal) =>
        (await findCustomers(words, signal)).map((customer) => ({
          id: customer.id,
          label: customer.name,
          detail: customer.account_name,
        }))
      }
      onPick={(id) => {
        if (id !== ALL) remember(id);
        void navigate({ to: ".", search: { customer: id } });
      }}
      trigger={
        <AriaButton className="node switch-node" aria-label={t("shell-customer-is", { name })}>
          <Building2 aria-hidden />
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden />
        </AriaButton>
      }
    />
  );
}
