import { Notice } from "../design/display";
import { useText } from "../design/texts";

/** Says that whoever is between can read along: the page came over plain HTTP. */
export default function PlainHttp() {
  const t = useText();
  return <Notice tone="warn">{t("session-plain-http")}</Notice>;
}
