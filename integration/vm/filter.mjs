// The filter in a VM, with as much of a host as a call needs: the functions that it imports from Envoy (proxy-wasm ABI
// 0.2.1) and from WASI. Those that a call does not need throw.
import { readFileSync } from "node:fs";
import { randomFillSync } from "node:crypto";

const OK = 0;
const NOT_FOUND = 1;
const ROOT = 1;
const CONFIGURATION = 7;
const REQUEST = { headers: 0, body: 0 };
const RESPONSE = { headers: 2, body: 1 };
const CONTINUE = 0;

const text = new TextDecoder();
const utf8 = new TextEncoder();

// The filter under one configuration.
export class Filter {
  #buffers = new Map();
  #headers = new Map();
  #environment;
  #last = ROOT;
  #log = [];
  #reply = null;
  #vm;

  constructor(file, settings, environment) {
    this.#environment = Object.entries(environment).map(([name, value]) => utf8.encode(`${name}=${value}\0`));
    const module = new WebAssembly.Module(readFileSync(file));
    this.#vm = new WebAssembly.Instance(module, this.#imports(module)).exports;
    this.#vm._initialize();
    this.#vm.proxy_on_context_create(ROOT, 0);
    this.#vm.proxy_on_vm_start(ROOT, 0);
    const bytes = utf8.encode(JSON.stringify(settings));
    this.#buffers.set(CONFIGURATION, bytes);
    if (!this.#vm.proxy_on_configure(ROOT, bytes.length)) {
      throw new Error(`the filter refuses its settings:\n${this.#log.join("\n")}`);
    }
  }

  // A call from its headers on.
  call(headers) {
    const id = (this.#last += 1);
    this.#headers.set(REQUEST.headers, headers);
    this.#vm.proxy_on_context_create(id, ROOT);
    this.#passes(this.#vm.proxy_on_request_headers(id, headers.length, 0), true);
    return {
      request: (body) => this.#body(REQUEST, body, () => this.#vm.proxy_on_request_body(id, body.length, 1)),
      answerHeaders: (headers) => {
        this.#headers.set(RESPONSE.headers, headers);
        this.#vm.proxy_on_response_headers(id, headers.length, 0);
      },
      answer: (body, ends) => {
        return this.#body(RESPONSE, body, () => this.#vm.proxy_on_response_body(id, body.length, Number(ends)), !ends);
      },
      end: () => {
        this.#vm.proxy_on_done(id);
        this.#vm.proxy_on_log(id);
        this.#vm.proxy_on_delete(id);
        this.#buffers.clear();
      },
    };
  }

  // Passes a body; returns it as the filter leaves it.
  #body(side, body, callback, mayHold = false) {
    this.#buffers.set(side.body, body);
    this.#passes(callback(), mayHold);
    return this.#buffers.get(side.body);
  }

  #passes(action, mayHold) {
    if (this.#reply || (action !== CONTINUE && !mayHold)) {
      throw new Error(`the filter does not let the call pass: ${this.#reply}`);
    }
  }

  #bytes(at, length) {
    return new Uint8Array(this.#vm.memory.buffer, at, length);
  }

  #read(at, length) {
    return text.decode(this.#bytes(at, length));
  }

  #set32(at, value) {
    new DataView(this.#vm.memory.buffer).setUint32(at, value, true);
  }

  // Gives bytes into memory that the filter allocates.
  #give(bytes, at, length) {
    const place = this.#vm.proxy_on_memory_allocate(bytes.length);
    this.#bytes(place, bytes.length).set(bytes);
    this.#set32(at, place);
    this.#set32(length, bytes.length);
    return OK;
  }

  #imports(module) {
    const known = { env: this.#envoy(), wasi_snapshot_preview1: this.#wasi() };
    const imports = { env: {}, wasi_snapshot_preview1: {} };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const missing = () => {
        throw new Error(`${from}.${name} is not part of this host`);
      };
      imports[from][name] = known[from][name] ?? missing;
    }
    return imports;
  }

  #envoy() {
    return {
      proxy_log: (_, at, length) => {
        this.#log.push(this.#read(at, length));
        return OK;
      },
      proxy_get_current_time_nanoseconds: (at) => {
        new DataView(this.#vm.memory.buffer).setBigUint64(at, BigInt(Date.now()) * 1000000n, true);
        return OK;
      },
      proxy_set_tick_period_milliseconds: () => OK,
      proxy_set_effective_context: () => OK,
      proxy_define_metric: (_type, _name, _length, id) => {
        this.#set32(id, 1);
        return OK;
      },
      proxy_increment_metric: () => OK,
      proxy_get_property: () => NOT_FOUND,
      proxy_get_header_map_pairs: (map, at, length) => this.#give(pairs(this.#headers.get(map) ?? []), at, length),
      proxy_set_header_map_pairs: () => OK,
      proxy_replace_header_map_value: () => OK,
      proxy_remove_header_map_value: () => OK,
      proxy_get_buffer_bytes: (buffer, start, most, at, length) => {
        const bytes = this.#buffers.get(buffer);
        return bytes ? this.#give(bytes.subarray(start, start + most), at, length) : NOT_FOUND;
      },
      proxy_set_buffer_bytes: (buffer, _start, _length, at, length) => {
        this.#buffers.set(buffer, this.#bytes(at, length).slice());
        return OK;
      },
      proxy_send_local_response: (status, _why, _whyLength, body, length) => {
        this.#reply = `${status} ${this.#read(body, length)}`;
        return OK;
      },
    };
  }

  #wasi() {
    return {
      environ_sizes_get: (count, size) => {
        this.#set32(count, this.#environment.length);
        this.#set32(size, this.#environment.reduce((sum, entry) => sum + entry.length, 0));
        return OK;
      },
      environ_get: (entries, at) => {
        this.#environment.forEach((entry, index) => {
          this.#set32(entries + 4 * index, at);
          this.#bytes(at, entry.length).set(entry);
          at += entry.length;
        });
        return OK;
      },
      random_get: (at, length) => {
        randomFillSync(this.#bytes(at, length));
        return OK;
      },
      fd_write: (_fd, parts, count, written) => {
        const view = new DataView(this.#vm.memory.buffer);
        let length = 0;
        for (let part = parts; part < parts + 8 * count; part += 8) {
          const size = view.getUint32(part + 4, true);
          process.stderr.write(this.#read(view.getUint32(part, true), size));
          length += size;
        }
        this.#set32(written, length);
        return OK;
      },
    };
  }
}

// Headers as the ABI passes them: number of pairs, lengths of each name and value, then all of them, each with a 0.
function pairs(headers) {
  const texts = headers.flat().map((part) => utf8.encode(part));
  const lengths = Uint32Array.from([headers.length, ...texts.map((part) => part.length)]);
  const zero = new Uint8Array(1);
  return Buffer.concat([new Uint8Array(lengths.buffer), ...texts.flatMap((part) => [part, zero])]);
}
