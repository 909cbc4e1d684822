import { Kbd } from "../design/button";
import { Switch } from "../design/switch";
import { useSingleKeys } from "../design/hooks";
import { KEYS } from "../design/keys";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { useMe } from "../session/session";
import { GO_KEY, placesOf } from "./navigation";

interface Line {
  id: string;
  keys: readonly string[];
  text: string;
}

/** What works on every page, where this reader may go, what works in lists and in a conference. */
function useGroups(): { id: string; lines: Line[] }[] {
  const t = useText();
  const me = useMe();
  const bound = (id: string) => ({
    id,
    lines: Object.entries(KEYS)
      .filter(([, { group }]) => group === id)
      .map(([name, { keys }]) => ({ id: name, keys, text: t(`shell-key-${name}`) })),
  });
  const go = placesOf(me).map((place) => ({
    id: place.to,
    keys: [GO_KEY, place.key],
    text: t(place.text),
  }));
  return [bound("everywhere"), { id: "go", lines: go }, bound("lists"), bound("conference")];
}

/** Every key that acts. */
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
        {useGroups().map((group) => (
          <section key={group.id}>
            <h3>{t(`shell-keys-${group.id}`)}</h3>
            <dl>
              {group.lines.map((line) => (
                <div key={line.id}>
                  <dt>
                    {line.keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{line.text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
