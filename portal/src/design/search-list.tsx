import { useState } from "react";
import { Autocomplete, Menu as AriaMenu } from "react-aria-components";
import { explain } from "../api/errors";
import { useFound } from "./found";
import { SearchField } from "./search-field";
import { MenuItem } from "./overlays";
import type { SearchMenuProps } from "./search-menu";
import { useText } from "./texts";

/** The search and what it finds; arrow keys move in the list while the words stay in the field. */
export default function SearchList(props: Omit<SearchMenuProps, "trigger">) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const found = useFound(props, typed);
  // Typing puts the focus on the first row once it comes, and Enter takes it: none of other words.
  const rows = found.isStale ? [] : (found.choices ?? []);
  const items = typed.trim() === "" && props.first ? [props.first, ...rows] : rows;
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
          : !found.isStale && found.choices?.length === 0
            ? t("design-picker-none")
            : ""}
      </p>
    </Autocomplete>
  );
}
