// Runs a program that was built for WASI: `node integration/vm/node.mjs FILE.wasm [WORD…]`. It sees the files below the
// current folder. The core is linked with the filter, which imports Envoy's functions: none of them is ever called.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [file, ...words] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const folder = process.cwd();
const wasi = new WASI({ version: "preview1", args: [file, ...words], preopens: { [folder]: folder, ".": folder } });
const env = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  if (from === "env") {
    env[name] = () => {
      throw new Error(`${name} is Envoy's`);
    };
  }
}
const { exports } = new WebAssembly.Instance(module, { ...wasi.getImportObject(), env });
// Not the filter's exports, which would make it a library to WASI.
process.exitCode = wasi.start({ exports: { memory: exports.memory, _start: exports._start } });
