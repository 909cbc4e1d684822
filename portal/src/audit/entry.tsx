import type { AuditEntry } from "../api/resources";
import { SidePanel } from "../design/overlays";
import { useText, useTextOr } from "../design/texts";
import { When } from "../design/time";
import { type Difference, differences } from "./differences";
import { actOf } from "./act";
import { Value, fieldName } from "./value";
import "./audit.css";

/** One act with what it changed. */
export function EntryPanel({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const t = useText();
  const textOr = useTextOr();
  const list = differences(entry.before, entry.after);
  return (
    <SidePanel isOpen onClose={onClose} title={actOf(entry, textOr)} intro={entry.subject.name}>
      <div className="stack">
        <dl className="facts">
          <dt>{t("audit-actor")}</dt>
          <dd>{entry.actor.name}</dd>
          <dt>{t("audit-at")}</dt>
          <dd>
            <When at={entry.at} />
          </dd>
          <dt>{t("audit-door")}</dt>
          <dd>
            {t(`audit-door-${entry.door}`)}
            {entry.source && ` · ${entry.source}`}
          </dd>
          <dt>{t("audit-sequence")}</dt>
          <dd>{entry.sequence}</dd>
          <dt>{t("audit-hash")}</dt>
          <dd>
            <code title={entry.hash}>{entry.hash.slice(0, 16)}…</code>
          </dd>
        </dl>
        <h3>{t("audit-changes")}</h3>
        {list.length === 0 ? (
          <p className="dim">{t("audit-no-fields")}</p>
        ) : (
          <Changes list={list} />
        )}
      </div>
    </SidePanel>
  );
}

function Changes({ list }: { list: Difference[] }) {
  const t = useText();
  const textOr = useTextOr();
  return (
    <div className="changes-scroll">
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">{t("audit-field")}</th>
            <th scope="col">{t("audit-before")}</th>
            <th scope="col">{t("audit-after")}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={one.field}>
              <th scope="row">{fieldName(one.field, textOr)}</th>
              <td className="before">
                <Value field={one.field} value={one.before} />
              </td>
              <td className="after">
                <Value field={one.field} value={one.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
