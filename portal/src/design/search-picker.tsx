import { useQuery } from "@tanstack/react-query";
import { ChevronDown, CircleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
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
import type { Choice } from "./fields";
import { useSettled } from "./hooks";
import { useText } from "./texts";

interface SearchPickerProps {
  id?: string;
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  /** What stands in the field while nothing is typed: what was picked. */
  shown: string;
  isDisabled?: boolean | undefined;
  /** Names what is searched in the query cache. */
  source: readonly unknown[];
  /** The first of those whom the words find. */
  find: (words: string, signal: AbortSignal) => Promise<Choice<string>[]>;
  onPick: (choice: Choice<string>) => void;
}

/** One of many, found by typing: however many there are, each can be picked. */
export function SearchPicker(props: SearchPickerProps) {
  const t = useText();
  const [typed, setTyped] = useState<string>();
  const [isFocused, setFocused] = useState(false);
  /** Only until the list has closed because of it. */
  const [picked, setPicked] = useState<Key | null>(null);
  const words = useSettled(typed ?? "", 90);
  const found = useQuery({
    queryKey: [...props.source, "picker", words.trim()],
    queryFn: ({ signal }) => props.find(words.trim(), signal),
    placeholderData: (before) => before,
    staleTime: 30_000,
    enabled: props.isDisabled !== true,
  });
  const choices = found.data ?? [];
  return (
    <ComboBox
      {...(props.id === undefined ? {} : { id: props.id })}
      className="field"
      items={choices}
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
      <div className="input-group">
        <Input
          className="input"
          placeholder={props.placeholder ?? t("design-picker-type")}
          onFocus={(event) => event.currentTarget.select()}
        />
        <AriaButton className="button icon quiet clear" aria-label={t("design-picker-open")}>
          <ChevronDown aria-hidden />
        </AriaButton>
      </div>
      {props.help && (
        <Text slot="description" className="help">
          {props.help}
        </Text>
      )}
      <FieldError className="field-error">
        {props.error && (
          <>
            <CircleAlert aria-hidden />
            <span>{props.error}</span>
          </>
        )}
      </FieldError>
      <Popover className="popover" offset={4}>
        <ListBox
          className="list-box"
          items={choices}
          renderEmptyState={() => (
            <p className="dim picker-empty">
              {t(found.isFetching ? "design-loading" : "design-picker-none")}
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
    </ComboBox>
  );
}
