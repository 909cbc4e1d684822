import { Bell, PhoneOff, Video } from "lucide-react";
import type { Step } from "../api/resources";
import { useText, useTextOr } from "../design/texts";
import { useCause } from "./words";

const icons = { ring: Bell, conference: Video, hang_up: PhoneOff };

/** The way a call takes or took, each step with the setting that decided it. */
export function Steps({ steps }: { steps: Step[] }) {
  const t = useText();
  const textOr = useTextOr();
  const cause = useCause();
  if (steps.length === 0) return <p className="dim">{t("calls-steps-none")}</p>;
  return (
    <ol className="steps">
      {steps.map((step, index) => {
        const Icon = icons[step.action];
        const what =
          step.action === "ring"
            ? t("calls-step-ring", { target: step.target, secs: step.secs ?? 0 })
            : step.action === "conference"
              ? t("calls-step-conference", { target: step.target })
              : t("calls-step-hang-up", { cause: cause(step.target) });
        return (
          <li key={`${String(index)}${step.action}`}>
            <span className={`step-mark ${step.action}`} aria-hidden>
              <Icon />
            </span>
            <div>
              <span className="name">{what}</span>
              <span className="dim small">
                {step.reason}{" "}
                <span className="setting">
                  {textOr(`calls-setting-${step.setting.replaceAll(/[._]/gu, "-")}`, step.setting)}
                </span>
              </span>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
