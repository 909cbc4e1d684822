import { Check, ChevronDown, CircleAlert, Eye, EyeOff } from "lucide-react";
import { type ReactNode, type Ref, useState } from "react";
import {
  Button as AriaButton,
  RadioButton,
  RadioField,
  RadioGroup as AriaRadioGroup,
  Select as AriaSelect,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from "react-aria-components";
import { IconButton } from "./button";
import { useText } from "./texts";

interface FieldProps {
  label: string;
  /** One sentence under the field. */
  help?: ReactNode;
  /** What is wrong with it; shown beside it. */
  error?: string | undefined;
  /** Says so beside the label. */
  optional?: boolean;
  name?: string | undefined;
  id?: string | undefined;
  isDisabled?: boolean | undefined;
  isRequired?: boolean | undefined;
}

function Caption({ label, optional }: Pick<FieldProps, "label" | "optional">) {
  const t = useText();
  return (
    <Label className="label">
      {label}
      {optional && <span className="optional"> {t("design-optional")}</span>}
    </Label>
  );
}

function Below({ help, error }: Pick<FieldProps, "help" | "error">) {
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

export interface TextFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password" | "tel" | "url" | "datetime-local";
  placeholder?: string | undefined;
  autoComplete?: string;
  autoFocus?: boolean;
  multiline?: boolean;
  isReadOnly?: boolean;
  inputMode?: "text" | "numeric" | "tel" | "email";
  maxLength?: number;
  inputRef?: Ref<HTMLInputElement>;
  onKeyDown?: (event: { key: string; preventDefault: () => void }) => void;
}

/** A line of text, or several. */
export function TextField(props: TextFieldProps) {
  const { label, help, error, optional, placeholder, multiline, type, inputRef, ...rest } = props;
  const t = useText();
  const [shown, setShown] = useState(false);
  const input = (
    <Input
      ref={inputRef}
      className="input"
      placeholder={placeholder}
      type={type === "password" && shown ? "text" : (type ?? "text")}
    />
  );
  return (
    <AriaTextField
      {...rest}
      className="field"
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Caption label={label} {...(optional ? { optional } : {})} />
      {multiline ? (
        <TextArea className="textarea" placeholder={placeholder} />
      ) : type === "password" ? (
        <div className="input-group">
          {input}
          <IconButton
            small
            className="clear"
            icon={shown ? EyeOff : Eye}
            label={t(shown ? "design-hide-password" : "design-show-password")}
            onPress={() => setShown(!shown)}
          />
        </div>
      ) : (
        input
      )}
      <Below help={help} error={error} />
    </AriaTextField>
  );
}

export interface NumberFieldProps extends FieldProps {
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  /** Shown inside the field: `seconds`. */
  unit?: string;
}

/** A number with its unit. What is not one stays in the field until it is left, then goes. */
export function NumberField(props: NumberFieldProps) {
  const { label, help, error, optional, unit, min, max, value, onChange, ...rest } = props;
  const [typed, setTyped] = useState<string>();
  const settle = () => {
    setTyped(undefined);
    if (value === null) return;
    if (min !== undefined && value < min) onChange(min);
    if (max !== undefined && value > max) onChange(max);
  };
  return (
    <AriaTextField
      {...rest}
      className="field"
      value={typed ?? (value === null ? "" : String(value))}
      onChange={(next) => {
        setTyped(next);
        if (next.trim() === "") onChange(null);
        else if (/^\s*\d{1,9}\s*$/u.test(next)) onChange(Number(next));
      }}
      onBlur={settle}
      inputMode="numeric"
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Caption label={label} {...(optional ? { optional } : {})} />
      <div className="input-group">
        <Input className="input" />
        {unit && (
          <span className="suffix" aria-hidden>
            {unit}
          </span>
        )}
      </div>
      <Below help={help} error={error} />
    </AriaTextField>
  );
}

export interface Choice<Key extends string> {
  id: Key;
  label: string;
  /** Said under the label in the list. */
  detail?: string;
}

export interface SelectProps<Key extends string> extends FieldProps {
  value: Key;
  onChange: (value: Key) => void;
  choices: Choice<Key>[];
  hideLabel?: boolean;
}

/** One of a few. */
export function Select<Key extends string>(props: SelectProps<Key>) {
  const { label, help, error, optional, value, onChange, choices, hideLabel, ...rest } = props;
  return (
    <AriaSelect
      {...rest}
      className="field"
      {...(hideLabel ? { "aria-label": label } : {})}
      value={value}
      onChange={(key) => onChange(key as Key)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      {!hideLabel && <Caption label={label} {...(optional ? { optional } : {})} />}
      <AriaButton className="select-button">
        <SelectValue className="truncate" />
        <ChevronDown aria-hidden />
      </AriaButton>
      <Below help={help} error={error} />
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" items={choices}>
          {(choice) => (
            <ListBoxItem className="list-box-item" id={choice.id} textValue={choice.label}>
              {({ isSelected }) => (
                <>
                  <span>{choice.label}</span>
                  {choice.detail && <span className="end">{choice.detail}</span>}
                  {isSelected && <Check aria-hidden className={choice.detail ? "" : "end"} />}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** One of two or three, each with its consequence in view. */
export function RadioGroup<Key extends string>(props: {
  label: string;
  value: Key;
  onChange: (value: Key) => void;
  choices: Choice<Key>[];
}) {
  return (
    <AriaRadioGroup
      className="field"
      value={props.value}
      onChange={(key) => props.onChange(key as Key)}
    >
      <Label className="label">{props.label}</Label>
      <div className="radio-group">
        {props.choices.map((choice) => (
          <RadioField key={choice.id} value={choice.id} className="bare-field">
            <RadioButton className="radio">
              <span className="dot" aria-hidden />
              <span>
                {choice.label}
                {choice.detail && <span className="help"> {choice.detail}</span>}
              </span>
            </RadioButton>
          </RadioField>
        ))}
      </div>
    </AriaRadioGroup>
  );
}
