import { SwitchButton, SwitchField, type SwitchFieldProps } from "react-aria-components";

/** Something that is on or off, with what that means. */
export function Switch({
  label,
  help,
  ...rest
}: Omit<SwitchFieldProps, "className" | "children"> & {
  label: string;
  help?: string | undefined;
}) {
  return (
    <SwitchField {...rest} className="bare-field">
      <SwitchButton className="switch">
        <span className="words">
          <span>{label}</span>
          {help && <span className="help">{help}</span>}
        </span>
        <span className="track" aria-hidden />
      </SwitchButton>
    </SwitchField>
  );
}
