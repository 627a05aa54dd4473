/** What a piece of code is; "" is nothing in particular. */
export type Kind = "" | "comment" | "string" | "number" | "keyword" | "name";

export interface Span {
  kind: Kind;
  text: string;
}

export type Language = "shell" | "python" | "sql" | "json" | "";

/** How many characters are coloured; what follows is plain. */
export const colouredMost = 20_000;

const words = (list: string, flags = "") => new RegExp(`(?<![\\w$.-])(?:${list.replaceAll(" ", "|")})(?![\\w.-])`, flags).source;

/** Per language: what a piece may be, the first that fits counts. A string that does not end goes to the end of its line or of the text. */
const grammars: Record<Exclude<Language, "">, { flags: string; rules: [Kind, string][] }> = {
  shell: {
    flags: "gm",
    rules: [
      ["comment", String.raw`(?<=^|[\s;])#.*`],
      ["string", String.raw`'[^']*(?:'|$(?![\s\S]))|"(?:[^"\\]|\\[\s\S])*(?:"|$(?![\s\S]))`],
      ["name", String.raw`\$(?:\{[^}\n]{0,200}\}|\w+|[#?@*!$-])`],
      ["keyword", words("if then elif else fi for in while until do done case esac function return exit set export local readonly trap shift break continue")],
      ["number", String.raw`(?<![\w.-])\d+(?:\.\d+)?(?![\w.])`],
    ],
  },
  python: {
    flags: "g",
    rules: [
      ["comment", String.raw`#.*`],
      ["string", String.raw`(?:\b[rbfuRBFU]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)`],
      ["keyword", words("and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match None nonlocal not or pass raise return True False try while with yield")],
      ["number", String.raw`(?<!\w)(?:0[xob][\da-f_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)(?!\w)`],
    ],
  },
  sql: {
    flags: "gi",
    rules: [
      ["comment", String.raw`--.*|/\*[\s\S]*?(?:\*/|$)`],
      ["string", String.raw`'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|"(?:[^"])*(?:"|$)`],
      ["name", String.raw`\$\{[^}\n]{0,200}\}`],
      ["keyword", words("add all alter and as asc begin between by case commit create cross default delete desc distinct drop else end exists explain from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references replace right rollback select set table then transaction union unique update using values view when where with")],
      ["number", String.raw`(?<![\w.])\d+(?:\.\d+)?(?![\w.])`],
    ],
  },
  json: {
    flags: "g",
    rules: [
      ["name", String.raw`"(?:[^"\\\n]|\\.)*"(?=\s{0,20}:)`],
      ["string", String.raw`"(?:[^"\\\n]|\\.)*"?`],
      ["keyword", words("true false null")],
      ["number", String.raw`-?(?<!\w)\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`],
    ],
  },
};

const compiled = new Map<Language, { pattern: RegExp; kinds: Kind[] }>();

function grammarOf(language: Exclude<Language, "">) {
  let grammar = compiled.get(language);
  if (!grammar) {
    const { flags, rules } = grammars[language];
    const pattern = new RegExp(rules.map(([, source]) => `(${source})`).join("|"), flags);
    compiled.set(language, (grammar = { pattern, kinds: rules.map(([kind]) => kind) }));
  }
  return grammar;
}

/** Cuts code into pieces by what they are; together they are the code again. */
export function highlight(code: string, language: Language): Span[] {
  if (language === "") return code ? [{ kind: "", text: code }] : [];
  const { pattern, kinds } = grammarOf(language);
  const head = code.slice(0, colouredMost);
  const spans: Span[] = [];
  let plain = 0;
  for (const match of head.matchAll(pattern)) {
    const text = match[0];
    if (!text) continue;
    if (match.index > plain) spans.push({ kind: "", text: head.slice(plain, match.index) });
    spans.push({ kind: kinds[match.slice(1).findIndex((group) => group !== undefined)] ?? "", text });
    plain = match.index + text.length;
  }
  if (plain < code.length) spans.push({ kind: "", text: code.slice(plain) });
  return spans;
}

/** The language that the code of a run type is written in; "" when none is known. */
export const languageOf = (runType: string): Language =>
  runType === "shell" || runType === "python" || runType === "sql" || runType === "json" ? runType : "";
