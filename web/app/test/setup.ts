import { en } from "../src/text/en";
import { texts } from "../src/text/text";

// What the page loads before it shows anything.
texts.value = en;
