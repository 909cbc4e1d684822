import { Search, X } from "lucide-react";
import type { Ref } from "react";
import { Button as AriaButton, SearchField as AriaSearchField, Input } from "react-aria-components";
import { useText } from "./texts";

/** What one looks for; Esc clears it. Without a value of its own it is another component's part. */
export function SearchField(props: {
  label: string;
  value?: string;
  onChange?: (value: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
  inputRef?: Ref<HTMLInputElement>;
}) {
  const { label, placeholder, inputRef, ...rest } = props;
  const t = useText();
  return (
    <AriaSearchField {...rest} aria-label={label} className="search-field">
      <div className="input-group">
        <Search aria-hidden />
        <Input ref={inputRef} className="input" placeholder={placeholder ?? label} />
        {props.value !== undefined && props.value !== "" && (
          <AriaButton className="button icon quiet clear" aria-label={t("design-clear")}>
            <X aria-hidden />
          </AriaButton>
        )}
      </div>
    </AriaSearchField>
  );
}
