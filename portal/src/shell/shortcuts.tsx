import { Kbd } from "../design/button";
import { Switch } from "../design/switch";
import { useSingleKeys } from "../design/hooks";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";

const groups: { text: string; keys: [string[], string][] }[] = [
  {
    text: "shell-keys-everywhere",
    keys: [
      [["/", "Ctrl K"], "shell-key-search"],
      [["?"], "shell-key-help"],
      [["g", "u"], "shell-key-users"],
      [["g", "c"], "shell-key-conferences"],
      [["g", "l"], "shell-key-calls"],
      [["g", "k"], "shell-key-contacts"],
      [["Esc"], "shell-key-close"],
      [["Ctrl S"], "shell-key-save"],
    ],
  },
  {
    text: "shell-keys-lists",
    keys: [
      [["j", "k"], "shell-key-move"],
      [["Space"], "shell-key-select"],
      [["Shift J", "Shift K"], "shell-key-extend"],
      [["Enter"], "shell-key-open"],
      [["n"], "shell-key-new"],
    ],
  },
  {
    text: "shell-keys-conference",
    keys: [
      [["m"], "shell-key-mute"],
      [["u"], "shell-key-unmute"],
      [["Shift M"], "shell-key-mute-all"],
      [["a"], "shell-key-all"],
      [["i", "+"], "shell-key-invite"],
      [["l"], "shell-key-lock"],
    ],
  },
];

/** Every shortcut, in one place. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Dialog isOpen onClose={onClose} title={t("shell-shortcuts")} wide>
      <Switch
        label={t("shell-single-keys")}
        help={t("shell-single-keys-help")}
        isSelected={singleKeys}
        onChange={setSingleKeys}
      />
      <div className="shortcut-groups">
        {groups.map((group) => (
          <section key={group.text}>
            <h3>{t(group.text)}</h3>
            <dl>
              {group.keys.map(([keys, text]) => (
                <div key={text}>
                  <dt>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{t(text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
