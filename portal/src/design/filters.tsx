import { ListFilter, X } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { Menu, MenuItem } from "./overlays";
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
  const t = useText();
  const chosen = choices.find((choice) => choice.id === value);
  return (
    <span className={chosen ? "chip set" : "chip"}>
      <Menu
        label={label}
        placement="bottom start"
        trigger={
          <AriaButton>
            {!chosen && <ListFilter aria-hidden />}
            {chosen ? `${label}: ${chosen.label}` : label}
          </AriaButton>
        }
      >
        {choices.map((choice) => (
          <MenuItem
            key={choice.id}
            label={choice.label}
            end={choice.id === value ? "✓" : ""}
            onAction={() => onChange(choice.id)}
          />
        ))}
      </Menu>
      {chosen && (
        <AriaButton
          aria-label={t("design-filter-off", { name: label })}
          onPress={() => onChange(undefined)}
        >
          <X aria-hidden />
        </AriaButton>
      )}
    </span>
  );
}
