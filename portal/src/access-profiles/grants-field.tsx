import { Plus, X } from "lucide-react";
import { Button, IconButton } from "../design/button";
import { Select } from "../design/fields";
import { useText } from "../design/texts";
import { type GrantLine, MODELS, SCOPES, operationsOf } from "./grants";
import "./access-profiles.css";

/** What a profile allows, to be changed line by line. */
export function GrantsField({
  value,
  onChange,
}: {
  value: GrantLine[];
  onChange: (value: GrantLine[]) => void;
}) {
  const t = useText();
  return (
    <fieldset className="grants">
      <legend>{t("access-profiles-grants")}</legend>
      {value.length === 0 && <p className="dim">{t("access-profiles-no-grants")}</p>}
      {value.map((grant, index) => (
        <GrantRow
          // Lines have no name of their own; removing one redraws those behind it.
          key={index}
          line={index + 1}
          grant={grant}
          onChange={(next) => onChange(value.map((one, at) => (at === index ? next : one)))}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <Button
          small
          icon={Plus}
          onPress={() =>
            onChange([...value, { model: "user", operation: "read", scope: "customer" }])
          }
        >
          {t("access-profiles-add-grant")}
        </Button>
      </div>
    </fieldset>
  );
}

interface GrantRowProps {
  grant: GrantLine;
  /** Counted from one, as it is said. */
  line: number;
  onChange: (grant: GrantLine) => void;
  onRemove: () => void;
}

function GrantRow({ grant, line, onChange, onRemove }: GrantRowProps) {
  const t = useText();
  const choicesOf = (kind: string, ids: readonly string[], present: string) =>
    [...new Set([...ids, present])].map((id) => ({
      id,
      label: t(`access-profiles-${kind}-${id === "*" ? "all" : id.replaceAll("_", "-")}`),
    }));
  const change = (part: Partial<GrantLine>) => onChange({ ...grant, ...part });
  return (
    <div className="grant" role="group" aria-label={t("access-profiles-line", { line })}>
      <Select
        label={t("access-profiles-what")}
        hideLabel
        value={grant.operation}
        onChange={(operation) => change({ operation })}
        choices={choicesOf("operation", operationsOf(grant.model), grant.operation)}
      />
      <Select
        label={t("access-profiles-on")}
        hideLabel
        value={grant.model}
        onChange={(model) =>
          change({
            model,
            operation: operationsOf(model).includes(grant.operation) ? grant.operation : "read",
          })
        }
        choices={choicesOf("model", MODELS, grant.model)}
      />
      <Select
        label={t("access-profiles-reach")}
        hideLabel
        value={grant.scope}
        onChange={(scope) => change({ scope })}
        choices={choicesOf("scope", SCOPES, grant.scope)}
      />
      <IconButton
        small
        icon={X}
        label={t("access-profiles-remove-grant", { line })}
        onPress={onRemove}
      />
    </div>
  );
}
