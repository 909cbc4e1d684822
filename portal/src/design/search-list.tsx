import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Autocomplete, Menu as AriaMenu } from "react-aria-components";
import { explain } from "../api/errors";
import { SearchField } from "./search-field";
import { useSettled } from "./hooks";
import { MenuItem } from "./overlays";
import type { SearchMenuProps } from "./search-menu";
import { useText } from "./texts";

/** The search and what it finds; arrow keys move in the list while the words stay in the field. */
export default function SearchList(props: Omit<SearchMenuProps, "trigger">) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const words = useSettled(typed.trim(), 90);
  const found = useQuery({
    queryKey: [...props.source, "menu", words],
    queryFn: ({ signal }) => props.find(words, signal),
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  const items = [...(props.first ? [props.first] : []), ...(found.data ?? [])];
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped}>
      <SearchField label={props.searchLabel} autoFocus />
      <AriaMenu className="menu" aria-label={props.label} items={items}>
        {(item) => (
          <MenuItem
            id={item.id}
            label={item.label}
            end={item.id === props.value ? "✓" : item.detail}
            onAction={() => props.onPick(item.id)}
          />
        )}
      </AriaMenu>
      <p className="search-menu-note dim" role="status">
        {found.error
          ? explain(found.error, t)
          : found.data?.length === 0
            ? t("design-picker-none")
            : ""}
      </p>
    </Autocomplete>
  );
}
