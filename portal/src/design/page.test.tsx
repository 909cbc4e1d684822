import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRouter,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import axe from "axe-core";
import ts from "typescript";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DesignPage } from "./page";
import { TextsProvider } from "./texts";

const sources = import.meta.glob<string>(
  ["./*.tsx", "!./page.tsx", "!./page-*.tsx", "!./*.test.tsx"],
  { query: "?raw", import: "default", eager: true },
);

/** The page itself, in its parts. */
const parts = import.meta.glob<string>(["./page.tsx", "./page-*.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Parts that never stand alone on a page, and why. */
const APART = new Set([
  // In every button that is only an icon.
  "Tip",
  // Around the whole portal.
  "TextsProvider",
  // A whole page: a head over a list, and both are shown.
  "ListPage",
  // The page's own name.
  "DesignPage",
]);

/** What does not change how a component looks or is used. */
const NO_STATES =
  /^(id|name|key|ref|inputRef|className|autoComplete|autoFocus|inputMode|maxLength|min|max|on[A-Z]\w*)$/u;

/** A state of a component: a property, or one of the words that it can be. */
interface State {
  component: string;
  property: string;
  word?: string;
}

function sourceOf(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
}

const files = Object.entries(sources).map(([path, text]) => sourceOf(path, text));

/** Types by their name, from all files. */
const types = new Map<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration>();
for (const file of files)
  for (const node of file.statements)
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      types.set(node.name.text, node);

function membersOf(type: ts.Node | undefined): ts.PropertySignature[] {
  if (type === undefined) return [];
  if (ts.isTypeLiteralNode(type)) return type.members.filter(ts.isPropertySignature);
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap(membersOf);
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
    if (type.typeName.text !== "Omit") return membersOf(types.get(type.typeName.text));
    const [inner, left] = type.typeArguments ?? [];
    const without = new Set(wordsOf(left));
    return membersOf(inner).filter((member) => !without.has(member.name.getText()));
  }
  if (ts.isTypeAliasDeclaration(type)) return membersOf(type.type);
  if (ts.isInterfaceDeclaration(type)) {
    const above = (type.heritageClauses ?? []).flatMap((clause) =>
      clause.types.flatMap((one) =>
        ts.isIdentifier(one.expression) ? membersOf(types.get(one.expression.text)) : [],
      ),
    );
    return [...above, ...type.members.filter(ts.isPropertySignature)];
  }
  return [];
}

/** The words of a union such as `"primary" | "danger"`, also behind a name. */
function wordsOf(type: ts.TypeNode | undefined): string[] {
  if (type === undefined) return [];
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(wordsOf);
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return [type.literal.text];
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
    const named = types.get(type.typeName.text);
    return named && ts.isTypeAliasDeclaration(named) ? wordsOf(named.type) : [];
  }
  return [];
}

/** Components of a file: functions with a capital that are exported. */
function componentsOf(file: ts.SourceFile): ts.FunctionDeclaration[] {
  return file.statements.filter(ts.isFunctionDeclaration).filter((node) => {
    const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return isExported === true && /^[A-Z]/u.test(node.name?.text ?? "");
  });
}

function statesOf(component: ts.FunctionDeclaration): State[] {
  const name = component.name?.text ?? "";
  return membersOf(component.parameters[0]?.type).flatMap((member): State[] => {
    const property = member.name.getText();
    if (NO_STATES.test(property)) return [];
    const words = wordsOf(member.type);
    // What a field is for the browser's keyboards and lists is not seen.
    if (words.length > 0 && property !== "type")
      return words.map((word) => ({ component: name, property, word }));
    return member.questionToken && property !== "type" ? [{ component: name, property }] : [];
  });
}

/** What the page gives to each component. */
function uses(): Map<string, { property: string; word: string | undefined }[]> {
  const found = new Map<string, { property: string; word: string | undefined }[]>();
  // Properties that several share are in a constant that is spread.
  const spreads = new Map<string, string[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isIdentifier(node.name)) {
      const { initializer } = node;
      if (ts.isObjectLiteralExpression(initializer))
        spreads.set(
          node.name.text,
          initializer.properties.flatMap((one) =>
            ts.isSpreadAssignment(one)
              ? (spreads.get(one.expression.getText()) ?? [])
              : [one.name.getText()],
          ),
        );
    }
    if (ts.isJsxSelfClosingElement(node) || ts.isJsxOpeningElement(node)) {
      const name = node.tagName.getText();
      const given = found.get(name) ?? [];
      if (ts.isJsxOpeningElement(node)) given.push({ property: "children", word: undefined });
      for (const attribute of node.attributes.properties) {
        if (ts.isJsxSpreadAttribute(attribute)) {
          for (const property of spreads.get(attribute.expression.getText()) ?? [])
            given.push({ property, word: undefined });
          continue;
        }
        const { initializer } = attribute;
        const word = initializer && ts.isStringLiteral(initializer) ? initializer.text : undefined;
        given.push({ property: attribute.name.getText(), word });
      }
      found.set(name, given);
    }
    ts.forEachChild(node, visit);
  };
  for (const [path, text] of Object.entries(parts)) {
    spreads.clear();
    visit(sourceOf(path, text));
  }
  return found;
}

describe("the page of all components", () => {
  const shown = uses();
  const components = files.flatMap(componentsOf);
  const named = components.filter((one) => !APART.has(one.name?.text ?? ""));

  it("shows every component", () => {
    expect(named.length).toBeGreaterThan(35);
    const missing = named.map((one) => one.name?.text ?? "").filter((name) => !shown.has(name));
    expect(missing).toEqual([]);
  });

  it("shows each of them in every state", () => {
    const states = named.flatMap(statesOf);
    expect(states.length).toBeGreaterThan(80);
    const missing = states.filter(({ component, property, word }) => {
      const given = shown.get(component) ?? [];
      return !given.some((one) => one.property === property && (!word || one.word === word));
    });
    expect(missing.map((one) => Object.values(one).join(" "))).toEqual([]);
  });
});

describe("its components", () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(["light", "dark"])(
    "are quiet, and axe finds nothing, in %s",
    async (theme) => {
      const said: unknown[] = [];
      vi.spyOn(console, "error").mockImplementation((...words) => void said.push(words));
      vi.spyOn(console, "warn").mockImplementation((...words) => void said.push(words));
      document.documentElement.lang = "en";
      document.title = "Components";
      document.documentElement.dataset["theme"] = theme;
      const root = createRootRoute({ component: DesignPage });
      const router = createRouter({
        routeTree: root,
        history: createMemoryHistory({ initialEntries: ["/"] }),
      });
      render(
        <QueryClientProvider client={new QueryClient()}>
          <TextsProvider>
            <RouterProvider router={router as never} />
          </TextsProvider>
        </QueryClientProvider>,
      );
      await screen.findByRole("heading", { name: "Components" });
      await screen.findByRole("menuitem", { name: /Person 1/u });
      const { violations } = await axe.run(document.documentElement, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        // jsdom draws nothing: contrast is checked where the components are used (`e2e/pages.mjs`).
        rules: { "color-contrast": { enabled: false } },
      });
      expect(
        violations.map(({ id, nodes }) => [
          id,
          nodes.slice(0, 3).map(({ html }) => html.slice(0, 140)),
        ]),
      ).toEqual([]);
      expect(said).toEqual([]);
      // Every component at once, on a machine that may be busy.
    },
    90_000,
  );
});
