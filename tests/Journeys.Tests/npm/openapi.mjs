// Checks the API's document with programs of other makers: a linter of OpenAPI, a validator of JSON Schema against live answers of
// every operation, and a client generated from it. Prints one JSON object; everything that is wrong stands in it.
// Usage: TOKEN=… WEAK_TOKEN=… EDITOR_TOKEN=… APPROVED=N REJECTED=N node openapi.mjs ADDRESS
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { exchange } from "./openapi-exchanges.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [address] = process.argv.slice(2);
const { TOKEN: token, WEAK_TOKEN: weak, EDITOR_TOKEN: editor } = process.env;

/** What the linter says, in its strictest set of rules. */
async function lint(source) {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source, absoluteRef: "/openapi/v1.json", config });
  return problems.map((problem) => `${problem.ruleId}: ${problem.message} ${problem.location[0]?.pointer ?? ""}`);
}

/** Compares answers with the document: a status, media type, header or member that it does not have is wrong. */
function validator(document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  for (const schema of Object.values(document.components.schemas))
    if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
  ajv.addSchema({ $id: "api", components: { schemas: document.components.schemas } });
  const compiled = new Map();
  const wrong = [];
  const seen = {};
  return {
    wrong,
    seen,
    async check(operation, answer) {
      const says = (what) => wrong.push(`${operation.operationId} ${answer.status}: ${what}`);
      (seen[operation.operationId] ??= new Set()).add(answer.status);
      const described = operation.responses[answer.status];
      const text = await answer.text();
      if (!described) return says(`not in the document: ${text.slice(0, 300)}`);
      for (const [name, header] of Object.entries(described.headers ?? {}))
        if (header.required && !answer.headers.has(name)) says(`the header ${name} is missing`);
      const type = answer.headers.get("content-type")?.split(";")[0];
      if (!described.content) return text.length > 0 ? says("a body that is not in the document") : null;
      const media = described.content[type];
      if (!media) return says(`the media type ${type} is not in the document`);
      if (!type.endsWith("json")) return text;
      const key = JSON.stringify(media.schema);
      if (!compiled.has(key)) compiled.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components', '"api#/components'))));
      const validate = compiled.get(key);
      const body = JSON.parse(text);
      if (!validate(body)) says(validate.errors.slice(0, 3).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`).join("; "));
      return body;
    },
  };
}

/** Collections and items of the document that the client did not read. */
function unread(document, paths) {
  const answersItems = ({ properties, required }) => properties && ["items", "id"].some((member) => member in properties && required?.includes(member));
  const isOfItems = (operation) => {
    const schema = operation?.responses[200]?.content?.["application/json"]?.schema;
    return (schema?.$ref ? [schema] : (schema?.oneOf ?? [])).some(({ $ref }) => $ref && answersItems(document.components.schemas[$ref.split("/").at(-1)]));
  };
  return Object.entries(document.paths)
    .filter(([path, { get }]) => isOfItems(get) && !paths.includes(path))
    .map(([path]) => `${path} was not read`);
}

/** Generates a client, compiles a program that uses it, and runs it. */
async function client(source) {
  const folder = mkdtempSync(join(tmpdir(), "client-"));
  try {
    symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "registry.d.ts"), astToString(await openapiTS(source)));
    writeFileSync(join(folder, "client.ts"), readFileSync(join(here, "client.ts")));
    const program = ts.createProgram([join(folder, "client.ts")], {
      strict: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      types: [],
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      noEmitOnError: true,
    });
    const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
    const errors = diagnostics.map((one) => `${one.file?.fileName ?? ""} ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`);
    if (errors.length > 0) return { errors, read: {} };
    const { readAll } = await import(pathToFileURL(join(folder, "client.js")));
    const { read, paths } = await readAll(address, token);
    return { errors: [...errors, ...unread(JSON.parse(source), paths)], read };
  } catch (error) {
    return { errors: [String(error)], read: {} };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const source = await (await fetch(`${address}/openapi/v1.json`)).text();
const answers = validator(JSON.parse(source));
const decided = {
  approveChange: { change: process.env.APPROVED, state: "approved" },
  rejectChange: { change: process.env.REJECTED, state: "rejected" },
};
const unseen = await exchange({ address, token, weak, editor, document: JSON.parse(source), answers, decided }).catch((error) => [String(error.stack)]);
const report = { lint: await lint(source), wrong: answers.wrong, unseen, client: await client(source) };
console.log(JSON.stringify(report));
