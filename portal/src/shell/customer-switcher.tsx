import { useNavigate } from "@tanstack/react-router";
import { Building2, ChevronsUpDown } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { Menu, MenuItem, MenuSeparator } from "../design/overlays";
import { useText } from "../design/texts";
import { isProvider, useMe } from "../session/session";
import { ALL, useCustomerId, useCustomers } from "./customer";

/** Where the reader is: their customer, or a choice for the provider's people. */
export function CustomerSwitcher() {
  const t = useText();
  const me = useMe();
  const customers = useCustomers();
  const chosen = useCustomerId();
  const navigate = useNavigate();
  if (!isProvider(me)) return <div className="node truncate">{me.customer?.name}</div>;
  const name = customers.find((customer) => customer.id === chosen)?.name ?? t("shell-everything");
  return (
    <Menu
      label={t("shell-customer")}
      placement="bottom start"
      trigger={
        <AriaButton className="node switch-node" aria-label={t("shell-customer-is", { name })}>
          <Building2 aria-hidden />
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden />
        </AriaButton>
      }
    >
      <MenuItem
        label={t("shell-everything")}
        end={chosen === undefined ? "✓" : ""}
        onAction={() => void navigate({ to: ".", search: { customer: ALL } })}
      />
      <MenuSeparator />
      {customers.map((customer) => (
        <MenuItem
          key={customer.id}
          label={customer.name}
          end={customer.id === chosen ? "✓" : customer.account_name}
          onAction={() => void navigate({ to: ".", search: { customer: customer.id } })}
        />
      ))}
    </Menu>
  );
}
