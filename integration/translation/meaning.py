"""Meaning of a request, read from its JSON by the documents of each API, with no code of the filter's."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass
class Turn:
    """A turn of the conversation."""

    author: str
    texts: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)


@dataclass
class Meaning:
    """What a request asks for."""

    system: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    tools: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Json] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    open: list[int] = field(default_factory=list)

    def turn(self, author: str) -> Turn:
        """The turn of an author: the last one, or a new one."""
        if not self.turns or self.turns[-1].author != author:
            self.turns.append(Turn(author))
        return self.turns[-1]

    def say(self, author: str, text: Json) -> None:
        """Adds a text."""
        if isinstance(text, str) and text.strip():
            if author == "system":
                self.system.append(text)
            else:
                self.turn(author).texts.append(text)

    def call(self, identity: str | None, name: str, arguments: Json) -> None:
        """Adds a call of the model's. One without an id is known by its place."""
        if isinstance(arguments, str):
            try:
                arguments = json.loads(arguments) if arguments.strip() else {}
            except ValueError:
                pass
        self.ids.append(identity or "")
        self.open.append(len(self.ids) - 1)
        self.turn("assistant").calls.append(f"{name} {canonical(arguments or {})}")

    def result(self, identity: str | None, name: str | None, said: str, media: Iterable[str] = ()) -> None:
        """Adds a result."""
        at = next((at for at in reversed(range(len(self.ids))) if identity and self.ids[at] == identity), None)
        if at is None and self.open:
            at = self.open[0]
        if at in self.open:
            self.open.remove(at)
        turn = self.turn("user")
        turn.results.append(f"{at} {canonical(parsed(said))}")
        turn.media.extend(media)


def canonical(value: Json) -> str:
    """JSON, always written alike."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def parsed(text: str) -> Json:
    """A text that is an object of JSON as one, in the forms in which results are wrapped."""
    try:
        value = json.loads(text)
    except ValueError:
        return squeezed(text)
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("result", "output", "error", "content"):
        inner = next(iter(value.values()))
        return parsed(inner) if isinstance(inner, str) else inner
    return value if isinstance(value, dict) else squeezed(text)


def squeezed(text: str) -> str:
    """A text without differences of white space."""
    return re.sub(r"\s+", " ", text).strip()


def bytes_of(data: str) -> str:
    """Encoded media, as a digest."""
    return "bytes " + hashlib.sha256(data.replace("-", "+").replace("_", "/").rstrip("=").encode()).hexdigest()[:12]


def address(url: str) -> str:
    """Media at an address, or in one."""
    found = re.match(r"data:[^,]*;base64,(.*)", url, re.S)
    return bytes_of(found[1]) if found else f"url {url}"


def texts(content: Json, key: str = "text") -> list[str]:
    """The texts of a content that is a string or a list of parts."""
    if isinstance(content, str):
        return [content]
    return [part[key] for part in content or [] if isinstance(part, dict) and isinstance(part.get(key), str)]


def setting(meaning: Meaning, body: Json, names: dict[str, str]) -> None:
    """Settings that are numbers or words."""
    for name, known in names.items():
        # Penalties of 0 are none.
        if body.get(name) is not None and not (known == "frequency" and body[name] == 0):
            meaning.settings[known] = body[name]


def schema_of(schema: Json) -> str:
    """The names in a schema, and their types: the forms of schemas differ."""
    found: list[str] = []

    def walk(value: Json, path: str) -> None:
        if isinstance(value, dict):
            for name, item in sorted((value.get("properties") or {}).items()):
                found.append(f"{path}.{name}")
                walk(item, f"{path}.{name}")
            if "items" in value:
                walk(value["items"], f"{path}[]")

    walk(schema, "")
    return " ".join(found)


def tool(meaning: Meaning, name: str, description: str | None, schema: Json) -> None:
    """A function. One that stands for a custom tool says so in its description, and has the grammar there."""
    own, marked, words = (description or "").partition("The input is one plain text")
    _, _, grammar = words.partition(":\n\n")
    said = f"{own} {grammar}" if marked else own
    meaning.tools[name] = f"{squeezed(said)} {schema_of(schema)}"


def custom_tool(meaning: Meaning, item: Json) -> None:
    """A custom tool, which is a function that takes one text."""
    form = item.get("format") or {}
    definition = (form.get("grammar") or form).get("definition", "")
    description = squeezed(f"{item.get('description') or ''} {definition}")
    meaning.tools[item["name"]] = f"{description} {schema_of({'properties': {'input': {}}})}"


def chat_parts(meaning: Meaning, author: str, content: Json) -> None:
    """The parts of a message of chat completions, and of those that are alike."""
    if isinstance(content, str):
        return meaning.say(author, content)
    for part in content or []:
        match part.get("type"):
            case "text" | "input_text" | "output_text" | "refusal":
                meaning.say(author, part.get("text") or part.get("refusal"))
            case "image_url" | "input_image":
                url = part.get("image_url") or part.get("url")
                meaning.turn(author).media.append(address(url["url"] if isinstance(url, dict) else url or ""))
            case "input_audio":
                audio = part["input_audio"]
                meaning.turn(author).media.append(bytes_of(audio["data"] if isinstance(audio, dict) else audio))
            case "file":
                file = part.get("file") or part
                meaning.turn(author).media.append(address(file.get("file_data") or file.get("file_id") or ""))
            case "input_file":
                meaning.turn(author).media.append(
                    address(part.get("file_data") or part.get("file_url") or part.get("file_id") or "")
                )
            case "document_url":
                meaning.turn(author).media.append(address(part["document_url"]))
    return None


def of_chat(body: Json) -> Meaning:
    """Chat completions, and Mistral's."""
    meaning = Meaning()
    for message in body.get("messages", []):
        role = message.get("role")
        if role in ("tool", "function"):
            said = "\n".join(texts(message.get("content")))
            content = message.get("content")
            images = [part["image_url"] for part in content if "image_url" in part] if isinstance(content, list) else []
            media = [address(image["url"] if isinstance(image, dict) else image) for image in images]
            meaning.result(message.get("tool_call_id"), message.get("name"), said, media)
            continue
        author = "system" if role in ("system", "developer") else "assistant" if role == "assistant" else "user"
        chat_parts(meaning, author, message.get("content"))
        if author == "assistant":
            meaning.say(author, message.get("refusal"))
        for call in message.get("tool_calls") or []:
            function = call.get("function") or {}
            if custom := call.get("custom"):
                function = {"name": custom["name"], "arguments": json.dumps({"input": custom["input"]})}
            meaning.call(call.get("id"), function.get("name"), function.get("arguments"))
    openai_tools(meaning, body)
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        meaning.settings["format"] = schema_of(form["json_schema"].get("schema") or {})
    elif form.get("type") == "json_object":
        meaning.settings["format"] = schema_of(form.get("schema") or {}) or "json"
    names = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max", "max_completion_tokens": "max", "seed": "seed"}
    setting(meaning, body, names | {"random_seed": "seed", "frequency_penalty": "frequency", "stream": "stream"})
    stops(meaning, body.get("stop"))
    effort = body.get("reasoning_effort") or (body.get("reasoning") or {}).get("effort")
    thinks = (body.get("thinking") or {}).get("type") == "enabled" or body.get("enable_thinking") is True
    thinks = thinks or body.get("prompt_mode") == "reasoning"
    if thinks or effort and effort != "none" or (body.get("reasoning") or {}).get("max_tokens"):
        meaning.settings["reasoning"] = True
    setting(meaning, body, {"top_k": "top_k"})
    return meaning


def openai_tools(meaning: Meaning, body: Json) -> None:
    """The tools and the choice among them, as OpenAI writes them."""
    # The older form, before tools.
    older = [{"function": function} for function in body.get("functions") or []]
    for item in [*(body.get("tools") or []), *older]:
        function = item.get("function") or item
        if item.get("type") == "custom":
            custom_tool(meaning, item.get("custom") or item)
        if item.get("type", "function") == "function":
            tool(meaning, function["name"], function.get("description"), function.get("parameters") or {})
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        choice = (choice.get("function") or choice.get("custom") or choice).get("name")
        meaning.settings["choice"] = f"tool {choice}"
    elif choice and choice != "auto" and meaning.tools:
        meaning.settings["choice"] = {"required": "any"}.get(choice, choice)
    if body.get("parallel_tool_calls") is False and meaning.tools:
        meaning.settings["parallel"] = False


def stops(meaning: Meaning, stop: Json) -> None:
    """Stop sequences."""
    if stop:
        meaning.settings["stop"] = canonical([stop] if isinstance(stop, str) else stop)


def of_responses(body: Json) -> Meaning:
    """OpenAI's responses."""
    meaning = Meaning()
    meaning.say("system", body.get("instructions"))
    items = body.get("input") or []
    for item in [{"role": "user", "content": items}] if isinstance(items, str) else items:
        match item.get("type", "message"):
            case "message":
                role = item.get("role")
                author = "system" if role in ("system", "developer") else "assistant" if role == "assistant" else "user"
                chat_parts(meaning, author, item.get("content"))
            case "function_call":
                meaning.call(item.get("call_id"), item["name"], item.get("arguments"))
            case "custom_tool_call":
                # A function that takes one text.
                meaning.call(item.get("call_id"), item["name"], json.dumps({"input": item.get("input")}))
            case "function_call_output" | "custom_tool_call_output":
                output = item.get("output")
                media = [address(part["image_url"]) for part in output if isinstance(part, dict) and "image_url" in part] if isinstance(output, list) else []
                meaning.result(item.get("call_id"), None, "\n".join(texts(output)), media)
    openai_tools(meaning, body)
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        meaning.settings["format"] = schema_of(form.get("schema") or {})
    elif form.get("type") == "json_object":
        meaning.settings["format"] = "json"
    setting(meaning, body, {"temperature": "temperature", "top_p": "top_p", "max_output_tokens": "max", "stream": "stream"})
    if (body.get("reasoning") or {}).get("effort") not in (None, "none"):
        meaning.settings["reasoning"] = True
    return meaning


def of_messages(body: Json) -> Meaning:
    """Anthropic's messages."""
    meaning = Meaning()
    for text in texts(body.get("system")):
        meaning.say("system", text)
    for message in body.get("messages", []):
        author = message["role"]
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
            anthropic_block(meaning, author, block)
    for item in body.get("tools") or []:
        if "input_schema" in item:
            tool(meaning, item["name"], item.get("description"), item["input_schema"])
    choice = body.get("tool_choice") or {}
    if choice.get("type") in ("any", "none"):
        meaning.settings["choice"] = choice["type"]
    elif choice.get("type") == "tool":
        meaning.settings["choice"] = f"tool {choice['name']}"
    if choice.get("disable_parallel_tool_use"):
        meaning.settings["parallel"] = False
    form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    if form.get("schema"):
        meaning.settings["format"] = schema_of(form["schema"])
    setting(meaning, body, {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "max_tokens": "max", "stream": "stream"})
    stops(meaning, body.get("stop_sequences"))
    thinks = (body.get("thinking") or {}).get("type") in ("enabled", "adaptive")
    if thinks or (body.get("output_config") or {}).get("effort"):
        meaning.settings["reasoning"] = True
    return meaning


def anthropic_block(meaning: Meaning, author: str, block: Json) -> None:
    """A block of a message."""
    match block.get("type"):
        case "text":
            meaning.say(author, block["text"])
        case "image" | "document":
            source = block["source"]
            if source.get("type") == "text":
                return meaning.say(author, source["data"])
            meaning.turn(author).media.append(anthropic_source(source))
        case "tool_use":
            meaning.call(block["id"], block["name"], block.get("input"))
        case "tool_result":
            content = block.get("content")
            media = [anthropic_source(part["source"]) for part in content if part.get("source")] if isinstance(content, list) else []
            meaning.result(block["tool_use_id"], None, "\n".join(texts(content)), media)
    return None


def anthropic_source(source: Json) -> str:
    """The source of an image or a document."""
    return bytes_of(source["data"]) if "data" in source else address(source.get("url") or source.get("file_id") or "")


def either(value: Json, *names: str) -> Json:
    """A member by one of its names."""
    return next((value[name] for name in names if isinstance(value, dict) and name in value), None)


def listed(value: Json) -> list[Json]:
    """A list, or a single value in its place."""
    return value if isinstance(value, list) else [] if value is None else [value]


def of_gemini(body: Json) -> Meaning:
    """Gemini's generateContent."""
    meaning = Meaning()
    system = either(body, "systemInstruction", "system_instruction")
    for part in listed(system.get("parts")) if isinstance(system, dict) else []:
        meaning.say("system", part.get("text"))
    if isinstance(system, str):
        meaning.say("system", system)
    for content in listed(body.get("contents")):
        author = "assistant" if content.get("role") == "model" else "user"
        for part in listed(content.get("parts")):
            gemini_part(meaning, author, part)
    for item in listed(body.get("tools")):
        for function in listed(either(item, "functionDeclarations", "function_declarations")):
            schema = either(function, "parametersJsonSchema", "parameters_json_schema", "parameters")
            tool(meaning, function["name"], function.get("description"), schema or {})
    config = either(either(body, "toolConfig", "tool_config") or {}, "functionCallingConfig", "function_calling_config") or {}
    names = either(config, "allowedFunctionNames", "allowed_function_names") or []
    match config.get("mode"):
        case "ANY":
            meaning.settings["choice"] = f"tool {names[0]}" if len(names) == 1 else "any"
        case "NONE":
            meaning.settings["choice"] = "none"
    config = either(body, "generationConfig", "generation_config") or {}
    schema = either(config, "responseJsonSchema", "response_json_schema", "responseSchema", "response_schema")
    if schema:
        meaning.settings["format"] = schema_of(schema)
    elif either(config, "responseMimeType", "response_mime_type") == "application/json":
        meaning.settings["format"] = "json"
    known = {"temperature": "temperature", "topP": "top_p", "top_p": "top_p", "topK": "top_k", "top_k": "top_k", "seed": "seed"}
    known |= {"frequencyPenalty": "frequency", "frequency_penalty": "frequency"}
    setting(meaning, config, known | {"maxOutputTokens": "max", "max_output_tokens": "max"})
    stops(meaning, either(config, "stopSequences", "stop_sequences"))
    thinking = either(config, "thinkingConfig", "thinking_config") or {}
    budget = either(thinking, "thinkingBudget", "thinking_budget")
    if budget not in (None, 0) or either(thinking, "thinkingLevel", "thinking_level"):
        meaning.settings["reasoning"] = True
    return meaning


def gemini_part(meaning: Meaning, author: str, part: Json) -> None:
    """A part of a content."""
    if part.get("thought") is True:
        return None
    if isinstance(part.get("text"), str):
        return meaning.say(author, part["text"])
    if inline := either(part, "inlineData", "inline_data"):
        meaning.turn(author).media.append(bytes_of(inline["data"]))
    elif file := either(part, "fileData", "file_data"):
        meaning.turn(author).media.append(address(either(file, "fileUri", "file_uri")))
    elif call := either(part, "functionCall", "function_call"):
        meaning.call(call.get("id"), call["name"], call.get("args"))
    elif result := either(part, "functionResponse", "function_response"):
        media = [bytes_of(either(inner, "inlineData", "inline_data")["data"]) for inner in listed(result.get("parts"))]
        meaning.result(result.get("id"), result["name"], json.dumps(result.get("response")), media)
    return None


def of_converse(body: Json) -> Meaning:
    """Bedrock's Converse."""
    meaning = Meaning()
    for block in body.get("system") or []:
        meaning.say("system", block.get("text"))
    for message in body.get("messages") or []:
        for block in message["content"]:
            converse_block(meaning, message["role"], block)
    config = body.get("toolConfig") or {}
    for item in config.get("tools") or []:
        if "toolSpec" in item:
            spec = item["toolSpec"]
            tool(meaning, spec["name"], spec.get("description"), spec["inputSchema"].get("json"))
    choice = config.get("toolChoice") or {}
    if "any" in choice:
        meaning.settings["choice"] = "any"
    elif "tool" in choice:
        meaning.settings["choice"] = f"tool {choice['tool']['name']}"
    config = body.get("inferenceConfig") or {}
    setting(meaning, config, {"maxTokens": "max", "temperature": "temperature", "topP": "top_p"})
    stops(meaning, config.get("stopSequences"))
    fields = body.get("additionalModelRequestFields") or {}
    setting(meaning, fields, {"top_k": "top_k"})
    thinks = (fields.get("thinking") or fields.get("reasoning_config") or {}).get("type") in ("enabled", "adaptive")
    config = body.get("outputConfig") or {}
    if thinks or config.get("effort") or (fields.get("reasoningConfig") or {}).get("type") == "enabled":
        meaning.settings["reasoning"] = True
    schema = ((config.get("textFormat") or {}).get("structure") or {}).get("jsonSchema", {}).get("schema")
    if schema:
        meaning.settings["format"] = schema_of(json.loads(schema))
    return meaning


def converse_block(meaning: Meaning, author: str, block: Json) -> None:
    """A block of a message."""
    kind = next(iter(block))
    value = block[kind]
    match kind:
        case "text":
            meaning.say(author, value)
        case "document" if "text" in value["source"]:
            meaning.say(author, value["source"]["text"])
        case "image" | "document" | "audio" | "video":
            meaning.turn(author).media.append(converse_source(value))
        case "toolUse":
            meaning.call(value["toolUseId"], value["name"], value.get("input"))
        case "toolResult":
            said = [part["text"] if "text" in part else json.dumps(part["json"]) for part in value["content"] if "text" in part or "json" in part]
            media = [converse_source(part[name]) for part in value["content"] for name in ("image", "document") if name in part]
            meaning.result(value["toolUseId"], None, "\n".join(said), media)


def converse_source(value: Json) -> str:
    """The source of media."""
    source = value["source"]
    if "bytes" in source:
        return bytes_of(source["bytes"])
    return f"text {source['text']}" if "text" in source else canonical(source)


def of_cohere(body: Json) -> Meaning:
    """Cohere's chat, version 2."""
    flat = dict(body)
    messages = []
    for message in body.get("messages", []):
        if message["role"] == "tool" and isinstance(message.get("content"), list):
            said = [part.get("text") or (part.get("document") or {}).get("data") for part in message["content"]]
            said = [text if isinstance(text, str) else json.dumps(text) for text in said]
            message = {**message, "content": "\n".join(said)}
        if message.get("tool_plan"):
            content = message.get("content")
            message = {**message, "content": [{"type": "text", "text": message["tool_plan"]}, *([content] if isinstance(content, dict) else content if isinstance(content, list) else [{"type": "text", "text": content}] if content else [])]}
        messages.append(message)
    flat["messages"] = messages
    choice = flat.pop("tool_choice", None)
    form = flat.pop("response_format", None)
    meaning = of_chat(flat)
    if choice:
        meaning.settings["choice"] = {"REQUIRED": "any", "NONE": "none"}[choice]
        if choice == "REQUIRED" and len(meaning.tools) == 1:
            meaning.settings["choice"] = f"tool {next(iter(meaning.tools))}"
    if form and form.get("type") == "json_object":
        schema = form.get("json_schema") or form.get("schema")
        meaning.settings["format"] = schema_of(schema) if schema else "json"
    setting(meaning, body, {"p": "top_p", "k": "top_k"})
    stops(meaning, body.get("stop_sequences"))
    if (body.get("thinking") or {}).get("type") == "enabled":
        meaning.settings["reasoning"] = True
    return meaning


def of_ollama(body: Json) -> Meaning:
    """Ollama's chat."""
    flat = {name: item for name, item in body.items() if name in ("tools", "stream")}
    meaning = of_chat(flat)
    for message in body.get("messages", []):
        if message["role"] == "tool":
            meaning.result(message.get("tool_call_id"), message.get("tool_name"), message.get("content") or "")
            continue
        meaning.say(message["role"], message.get("content"))
        for image in message.get("images") or []:
            meaning.turn(message["role"]).media.append(bytes_of(image))
        for call in message.get("tool_calls") or []:
            meaning.call(call.get("id"), call["function"]["name"], call["function"].get("arguments"))
    form = body.get("format")
    if form:
        meaning.settings["format"] = "json" if form == "json" else schema_of(form)
    options = body.get("options") or {}
    known = {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "num_predict": "max", "seed": "seed"}
    setting(meaning, options, known | {"frequency_penalty": "frequency"})
    stops(meaning, options.get("stop"))
    if body.get("think"):
        meaning.settings["reasoning"] = True
    return meaning


READERS: dict[str, Callable[[Json], Meaning]] = {
    "openai_chat": of_chat,
    "openai_responses": of_responses,
    "anthropic_messages": of_messages,
    "gemini": of_gemini,
    "bedrock_converse": of_converse,
    "bedrock_anthropic": of_messages,
    "cohere_v2": of_cohere,
    "mistral": of_chat,
    "ollama": of_ollama,
}
