import { addTexts } from "../design/texts";
import source from "./en.ftl?raw";

// Not on every page: these words come with the page that says them.
addTexts(source);
