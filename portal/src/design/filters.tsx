import { ListFilter, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Menu, MenuItem } from "./overlays";
import { type Search, SearchMenu } from "./search-menu";
import { useText } from "./texts";

export interface FilterChipProps<Key extends string> {
  label: string;
  value: Key | undefined;
  choices: { id: Key; label: string }[];
  onChange: (value: Key | undefined) => void;
}

/** One filter: dashed until it is set, then what it is set to and a way to take it off. */
export function FilterChip<Key extends string>({
  label,
  value,
  choices,
  onChange,
}: FilterChipProps<Key>) {
  const chosen = choices.find((choice) => choice.id === value);
  return (
    <Chip label={label} chosen={chosen?.label} onClear={() => onChange(undefined)}>
      {(trigger) => (
        <Menu label={label} placement="bottom start" trigger={trigger}>
          {choices.map((choice) => (
            <MenuItem
              key={choice.id}
              label={choice.label}
              end={choice.id === value ? "✓" : ""}
              onAction={() => onChange(choice.id)}
            />
          ))}
        </Menu>
      )}
    </Chip>
  );
}

export interface SearchChipProps extends Search {
  label: string;
  value: { id: string; label: string } | undefined;
  onChange: (id: string | undefined) => void;
}

/** A filter by one of many, found by typing. */
export function SearchChip({ label, value, onChange, ...search }: SearchChipProps) {
  return (
    <Chip label={label} chosen={value?.label} onClear={() => onChange(undefined)}>
      {(trigger) => (
        <SearchMenu
          {...search}
          label={label}
          value={value?.id}
          trigger={trigger}
          onPick={onChange}
        />
      )}
    </Chip>
  );
}

interface ChipProps {
  label: string;
  chosen: string | undefined;
  onClear: () => void;
  children: (trigger: ReactNode) => ReactNode;
}

function Chip({ label, chosen, onClear, children }: ChipProps) {
  const t = useText();
  const isSet = chosen !== undefined;
  return (
    <span className={isSet ? "chip set" : "chip"}>
      {children(
        <AriaButton>
          {!isSet && <ListFilter aria-hidden />}
          {isSet ? `${label}: ${chosen}` : label}
        </AriaButton>,
      )}
      {isSet && (
        <AriaButton aria-label={t("design-filter-off", { name: label })} onPress={onClear}>
          <X aria-hidden />
        </AriaButton>
      )}
    </span>
  );
}
