import { addTexts } from "../design/texts";
import source from "./en.ftl?raw";

// Not on every page: these words come with the pages that say them.
addTexts(source);
