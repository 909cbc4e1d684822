import { ChevronDown, CircleAlert } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import {
  Button as AriaButton,
  ComboBox,
  FieldError,
  Input,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from "react-aria-components";
import { explain } from "../api/errors";
import type { Choice } from "./fields";
import { type Finder, useFound } from "./found";
import { useText } from "./texts";

interface SearchPickerProps extends Finder {
  id?: string;
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  /** What stands in the field while nothing is typed: what was picked. */
  shown: string;
  isDisabled?: boolean | undefined;
  onPick: (choice: Choice<string>) => void;
}

/** One of many, found by typing: however many there are, each can be picked. */
export function SearchPicker(props: SearchPickerProps) {
  const t = useText();
  const [typed, setTyped] = useState<string>();
  const [isFocused, setFocused] = useState(false);
  /** Only until the list has closed because of it. */
  const [picked, setPicked] = useState<Key | null>(null);
  const found = useFound(props, typed ?? "", props.isDisabled !== true);
  const choices = found.choices ?? [];
  /** Nothing can be taken yet: the list stays open, with the words, until the answer is there. */
  const holdEnter = (event: KeyboardEvent) => {
    if (event.key === "Enter" && found.isStale) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <ComboBox
      {...(props.id === undefined ? {} : { id: props.id })}
      className="field"
      items={choices}
      disabledKeys={found.isStale ? choices.map((choice) => choice.id) : []}
      // The server has filtered them.
      defaultFilter={() => true}
      allowsEmptyCollection
      // What was picked may get its name later: only typing opens the list of one who is here.
      menuTrigger={!isFocused ? "focus" : typed === undefined ? "manual" : "input"}
      onFocusChange={setFocused}
      inputValue={typed ?? props.shown}
      onInputChange={setTyped}
      onOpenChange={(open) => {
        if (!open) setTyped(undefined);
        setPicked(null);
      }}
      value={picked}
      onChange={(key) => {
        const choice = choices.find((one) => one.id === key);
        if (choice) props.onPick(choice);
        setTyped(undefined);
        setPicked(key);
      }}
      isDisabled={props.isDisabled ?? false}
      isInvalid={props.error !== undefined}
      validationBehavior="aria"
    >
      <Label className="label">{props.label}</Label>
      <div className="input-group" onKeyDownCapture={holdEnter}>
        <Input
          className="input"
          placeholder={props.placeholder ?? t("design-picker-type")}
          onFocus={(event) => event.currentTarget.select()}
        />
        <AriaButton className="button icon quiet clear" aria-label={t("design-picker-open")}>
          <ChevronDown aria-hidden />
        </AriaButton>
      </div>
      <Under help={props.help} error={props.error} />
      <Results found={found} />
    </ComboBox>
  );
}

function Under({ help, error }: Pick<SearchPickerProps, "help" | "error">) {
  return (
    <>
      {help && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <FieldError className="field-error">
        {error && (
          <>
            <CircleAlert aria-hidden />
            <span>{error}</span>
          </>
        )}
      </FieldError>
    </>
  );
}

function Results({ found }: { found: ReturnType<typeof useFound> }) {
  const t = useText();
  return (
    <Popover className="popover" offset={4}>
      <ListBox
        className="list-box"
        items={found.choices ?? []}
        renderEmptyState={() => (
          <p className="dim picker-empty">
            {found.error
              ? explain(found.error, t)
              : t(found.isStale || found.isFetching ? "design-loading" : "design-picker-none")}
          </p>
        )}
      >
        {(choice) => (
          <ListBoxItem className="list-box-item" id={choice.id} textValue={choice.label}>
            <span>{choice.label}</span>
            {choice.detail && <span className="end">{choice.detail}</span>}
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  );
}
