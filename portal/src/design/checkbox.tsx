import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { CheckboxButton, CheckboxField, type CheckboxFieldProps } from "react-aria-components";

/** A box to tick, with its words. */
export function Checkbox({
  children,
  ...rest
}: Omit<CheckboxFieldProps, "className" | "children"> & { children?: ReactNode }) {
  return (
    <CheckboxField {...rest} className="bare-field">
      <CheckboxButton className="check">
        {({ isIndeterminate }) => (
          <>
            <span className="box" aria-hidden>
              {isIndeterminate ? <Minus /> : <Check />}
            </span>
            {children && <span>{children}</span>}
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}
