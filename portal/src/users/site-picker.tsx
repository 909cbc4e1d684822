import { SearchPicker } from "../design/search-picker";
import { useText } from "../design/texts";
import { findSites, useSite } from "./sites";
import "./texts";

interface SitePickerProps {
  id?: string;
  value: string;
  onChange: (id: string) => void;
  customer_id: string | null | undefined;
  error?: string | undefined;
  placeholder?: string;
  isDisabled?: boolean;
}

/** One of a customer's sites. */
export function SitePicker({ value, onChange, customer_id, ...rest }: SitePickerProps) {
  const t = useText();
  const site = useSite(value);
  return (
    <SearchPicker
      {...rest}
      label={t("users-site")}
      shown={value === "" ? "" : (site?.name ?? "")}
      source={["sites", customer_id ?? null]}
      find={(words, signal) => findSites(words, customer_id ?? undefined, signal)}
      onPick={(choice) => onChange(choice.id)}
    />
  );
}
