import { Kbd } from "../design/button";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";

const groups: { text: string; keys: [string[], string][] }[] = [
  {
    text: "shell-keys-everywhere",
    keys: [
      [["/", "⌃K"], "shell-key-search"],
      [["?"], "shell-key-help"],
      [["g", "u"], "shell-key-users"],
      [["g", "c"], "shell-key-conferences"],
      [["g", "l"], "shell-key-calls"],
      [["g", "k"], "shell-key-contacts"],
      [["Esc"], "shell-key-close"],
      [["⌃S"], "shell-key-save"],
    ],
  },
  {
    text: "shell-keys-lists",
    keys: [
      [["j", "k"], "shell-key-move"],
      [["Space"], "shell-key-select"],
      [["⇧J", "⇧K"], "shell-key-extend"],
      [["Enter"], "shell-key-open"],
      [["n"], "shell-key-new"],
    ],
  },
  {
    text: "shell-keys-conference",
    keys: [
      [["m"], "shell-key-mute"],
      [["u"], "shell-key-unmute"],
      [["⇧M"], "shell-key-mute-all"],
      [["a"], "shell-key-all"],
      [["i", "+"], "shell-key-invite"],
      [["l"], "shell-key-lock"],
    ],
  },
];

/** Every shortcut, in one place. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useText();
  return (
    <Dialog isOpen onClose={onClose} title={t("shell-shortcuts")} wide>
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
