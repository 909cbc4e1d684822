import { useEffect, useState } from "react";
import { explain } from "../api/errors";
import type { Page } from "../api/resources";
import { Button } from "./button";
import { type CsvSource, csvFile, csvName, saveFile } from "./csv";
import { Notice, ProgressBar } from "./display";
import { Dialog } from "./overlays";
import { useText } from "./texts";

type State =
  | { at: "writing"; count: number; total: number }
  | { at: "saved"; count: number }
  | { at: "failed"; error: unknown };

interface CsvExportProps<Row> extends Omit<CsvSource<Row>, "parts"> {
  /** What the list is called. */
  name: string;
  total: number;
  pages: (signal: AbortSignal) => AsyncIterable<Page<Row>>;
  onClose: () => void;
}

/** Writes all rows of a list, page by page, and says how far it is. */
function useExport<Row>(props: CsvExportProps<Row>) {
  const [state, setState] = useState<State>({ at: "writing", count: 0, total: props.total });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    let count = 0;
    let total = props.total;
    async function* parts() {
      for await (const page of props.pages(stop.signal)) {
        total = page.total;
        yield page.items;
      }
    }
    const onProgress = (done: number) => {
      count = done;
      if (!stop.signal.aborted) setState({ at: "writing", count, total: Math.max(count, total) });
    };
    csvFile({ columns: props.columns, prepare: props.prepare, parts: parts() }, onProgress).then(
      (file) => {
        if (stop.signal.aborted) return;
        saveFile(csvName(props.name), file);
        setState({ at: "saved", count });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState({ at: "failed", error });
      },
    );
    return () => stop.abort();
    // What was asked for when it began is what is written; each try is one more.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [round]);
  const again = () => {
    setState({ at: "writing", count: 0, total: props.total });
    setRound(round + 1);
  };
  return { state, again };
}

/** A file of everything that the filters find, on its way. */
export default function CsvExport<Row>(props: CsvExportProps<Row>) {
  const t = useText();
  const { state, again } = useExport(props);
  const isSaved = state.at === "saved";
  return (
    <Dialog
      isOpen
      isDismissable={isSaved}
      onClose={props.onClose}
      title={t(isSaved ? "design-csv-saved" : "design-csv")}
      footer={
        <>
          {state.at === "failed" && <Button onPress={again}>{t("design-try-again")}</Button>}
          <Button {...(isSaved ? { variant: "primary" } : {})} onPress={props.onClose}>
            {t(isSaved ? "design-close" : "design-cancel")}
          </Button>
        </>
      }
    >
      {state.at === "writing" && (
        <div className="stack">
          <ProgressBar label={t("design-csv")} value={state.count} max={state.total} />
          <p className="dim" role="status">
            {t("design-csv-writing", { done: state.count, total: state.total })}
          </p>
        </div>
      )}
      {state.at === "saved" && (
        <p role="status">
          {t("design-csv-all", { file: csvName(props.name), count: state.count })}
        </p>
      )}
      {state.at === "failed" && (
        <div role="alert">
          <Notice tone="bad">
            <p>{t("design-csv-failed")}</p>
            <p>{explain(state.error, t)}</p>
          </Notice>
        </div>
      )}
    </Dialog>
  );
}
